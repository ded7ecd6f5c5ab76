// Browsers' SDKs, unmodified, on a page of another origin: settings, preflights, beacons and pictures reach the edges, and each event counts.
import { execFileSync } from "node:child_process"
import { copyFileSync, createReadStream, existsSync, mkdirSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { homedir } from "node:os"
import { join, resolve } from "node:path"
import { expect, test, type APIRequestContext } from "@playwright/test"
import { call } from "./server"

// A headless browser says so, and PostHog then sends nothing.
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
const FOLDER = join(process.env.KAIBO_CACHE ?? join(homedir(), ".cache/kaibo"), "sdk/node")

interface Sdk {
  name: string
  kind: string
  file: string
  // Runs in the page, with `kaibo` and `key`; every name carries the run's own.
  script: string
  // Own names that arrive, once each.
  events: string[]
  accepted: number
}

const SDKS: Sdk[] = [
  {
    name: "segment",
    kind: "segment",
    file: "@segment/analytics-next/dist/umd/index.js",
    script: `const analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: kaibo })
      analytics.page("Home"); analytics.identify("u1", { plan: "pro" }); analytics.track("Segment" + run, { price: 19.9 })`,
    events: ["Segment"],
    accepted: 3,
  },
  {
    name: "rudder",
    kind: "segment",
    file: "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js",
    script: `const analytics = new rudderanalytics.RudderAnalytics()
      analytics.load(key, kaibo, { configUrl: kaibo, logLevel: "ERROR" })
      analytics.page("Home"); analytics.identify("u1", { plan: "pro" }); analytics.track("Rudder" + run, { price: 19.9 })`,
    events: ["Rudder"],
    accepted: 3,
  },
  {
    name: "posthog",
    kind: "posthog",
    file: "posthog-js/dist/array.full.no-external.js",
    script: `posthog.init(key, { api_host: kaibo, opt_out_useragent_filter: true, capture_pageleave: false, autocapture: false })
      posthog.identify("u1", { plan: "pro" }); posthog.capture("Posthog" + run, { price: 19.9 })`,
    events: ["Posthog"],
    accepted: 3,
  },
  ...["image", "beacon", "ajax"].map((way) => ({
    name: `sensors by ${way}`,
    kind: "sensors",
    file: "sa-sdk-javascript/sensorsdata.min.js",
    script: `const sensors = window.sensorsDataAnalytic201505
      sensors.init({ server_url: kaibo + "/sa?project=default&token=" + key, send_type: "${way}", show_log: false })
      sensors.login("u1"); sensors.track("Sensors${way}" + run, { price: 19.9, 名: "值" })`,
    events: [`Sensors${way}`],
    accepted: 2,
  })),
]

function installed(): string | null {
  if (SDKS.every((sdk) => existsSync(join(FOLDER, "node_modules", sdk.file)))) return null
  try {
    mkdirSync(FOLDER, { recursive: true })
    copyFileSync(resolve(import.meta.dirname, "../../tools/sdk/package.json"), join(FOLDER, "package.json"))
    execFileSync("npm", ["i", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: FOLDER, timeout: 100_000 })
    return null
  } catch (error) {
    return `SKIPPED: the SDKs cannot be installed: ${String(error)}`
  }
}

let shop: Server
let origin = ""

test.beforeAll(async () => {
  const missing = installed()
  test.skip(missing !== null, missing ?? "")
  shop = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "")
    const file = resolve(FOLDER, "node_modules", path.replace(/^\/files\//, ""))
    if (path.startsWith("/files/") && file.startsWith(join(FOLDER, "node_modules")) && existsSync(file)) {
      response.writeHead(200, { "content-type": "text/javascript" })
      createReadStream(file).pipe(response)
    } else {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><meta charset=utf-8><title>Shop</title><p>Shop")
    }
  })
  await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done))
  origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
})

test.afterAll(() => {
  shop.close()
})

interface Source {
  id: string
  accepted: number
  duplicates: number
  rejected: number
}

async function counted(request: APIRequestContext, id: string): Promise<Source | undefined> {
  const page = await call<{ items: Source[] }>(request, "GET", "/api/collect/sources")
  return page.items.find((source) => source.id === id)
}

for (const sdk of SDKS) {
  test(`${sdk.name} in a browser sends from another origin`, async ({ browser, request, baseURL }) => {
    const made = await call<{ id: string; write_key: string }>(request, "POST", "/api/collect/sources", { name: sdk.name, kind: sdk.kind })
    const run = Date.now().toString(36)
    const context = await browser.newContext({ userAgent: BROWSER })
    const page = await context.newPage()
    const failed: string[] = []
    page.on("pageerror", (error) => failed.push(String(error)))
    page.on("response", (answer) => {
      if (answer.url().startsWith(baseURL ?? "") && answer.status() >= 400 && !answer.url().includes("/config.js")) failed.push(`${answer.status()} ${answer.url()}`)
    })
    await page.goto(`${origin}/?utm_source=douyin`)
    await page.addScriptTag({ url: `/files/${sdk.file}` })
    const lines = `const kaibo = ${JSON.stringify(baseURL)}, key = ${JSON.stringify(made.write_key)}, run = ${JSON.stringify(run)}`
    await page.addScriptTag({ content: `(() => { ${lines}\n${sdk.script} })()` })
    await expect(async () => {
      expect((await counted(request, made.id))?.accepted, failed.join("; ")).toBe(sdk.accepted)
      for (const event of sdk.events) {
        const [metric] = await call<{ live: number }[]>(request, "GET", `/api/metrics?ids=events_total&event=${event}${run}`)
        expect(metric?.live, event).toBe(1)
      }
    }).toPass({ timeout: 30_000 })
    expect((await counted(request, made.id))?.rejected).toBe(0)
    expect(failed).toEqual([])
    await context.close()
  })
}

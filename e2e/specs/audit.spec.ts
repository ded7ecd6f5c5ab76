// Real clients are counted as what they are: Chromium with hls.js, ffmpeg, a bare HTTP client; and the screen that shows it.
import { spawn } from "node:child_process"
import { expect, test, type APIRequestContext } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { call, playing, server, signIn } from "./server"

// Headless Chromium says so, which alone makes an unknown; a viewer's browser does not.
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

interface Entry {
  entry_id: string
  verdict: string
  reasons: string[]
  entered: boolean
  evidence: { agent: string; media_ms: number; credited_ms: number; beats: number; sockets: number }
}

async function show(request: APIRequestContext): Promise<string> {
  const room = await call<{ broadcast_id: string }>(request, "GET", `/api/rooms/${server.room()}`)
  return room.broadcast_id
}

async function entries(request: APIRequestContext, broadcast: string): Promise<Entry[]> {
  const page = await call<{ items: Entry[] }>(request, "GET", `/api/broadcasts/${broadcast}/audience/entries?limit=500`)
  return page.items
}

test("Chromium, ffmpeg and a bare HTTP client are told apart, and a heartbeat bot is found", async ({ browser, request, baseURL }) => {
  test.setTimeout(180_000)
  const base = baseURL ?? ""
  const context = await browser.newContext({ userAgent: BROWSER, viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(`/r/${server.room()}`)
  await playing(page)

  const ffmpeg = spawn("ffmpeg", ["-nostdin", "-loglevel", "error", "-re", "-i", `${base}/live/${server.room()}/index.m3u8`, "-t", "24", "-f", "null", "-"])
  const bare = fetching(base, Date.now() + 24_000)
  const bot = beating(base, Date.now() + 24_000)
  await Promise.all([bare, bot, new Promise((done) => ffmpeg.once("exit", done))])

  // The page's first heartbeats come at a moment of their own, and an audit may be some seconds old.
  const broadcast = await show(request)
  await expect(async () => {
    const found = await entries(request, broadcast)
    const by = (agent: string) => found.filter((entry) => entry.evidence.agent === agent)
    const web = by("browser").filter((entry) => entry.evidence.sockets > 0)
    expect(web.map((entry) => entry.verdict), JSON.stringify(web)).toEqual(["web"])
    expect(web[0]?.evidence.credited_ms).toBeGreaterThan(2_000)
    expect(by("media_player").map((entry) => entry.verdict), JSON.stringify(by("media_player"))).toEqual(["bare"])
    expect(by("app").map((entry) => entry.verdict), JSON.stringify(by("app"))).toEqual(["bare"])
    expect(by("none").concat(by("tool")).map((entry) => [entry.verdict, entry.entered]), JSON.stringify(found)).toContainEqual(["bot", false])
  }).toPass({ timeout: 60_000 })
  await context.close()
})

test("the live screen says what the audit leaves of its viewers, and leads there", async ({ page, request }) => {
  test.setTimeout(90_000)
  const broadcast = await show(request)
  await signIn(page)
  await page.goto(`/console/live?room=${server.room()}`)
  const audited = page.locator("[data-metric=view_uv] [data-metric=audited_view_uv]")
  await expect(audited).toHaveAttribute("data-value", /^[1-9]/, { timeout: 60_000 })
  await audited.click()
  await expect(page).toHaveURL(new RegExp(`/console/audience\\?.*${broadcast}`))
  await expect(page.getByTestId("audit")).toBeVisible()
})

test("the audit screen shows bands, reasons, suspects with their evidence, and takes a CDN log", async ({ page, request }) => {
  test.setTimeout(90_000)
  const broadcast = await show(request)
  await signIn(page)
  await page.goto(`/console/audience?room=${server.room()}&broadcast=${broadcast}`)
  await expect(page.getByTestId("audit")).toBeVisible()
  const viewers = page.locator("[data-number=viewers]")
  const band = await viewers.evaluate((tile) => [tile.dataset.low, tile.dataset.value, tile.dataset.high].map(Number))
  expect(band[0]).toBeLessThanOrEqual(band[1] ?? 0)
  expect(band[1]).toBeLessThanOrEqual(band[2] ?? 0)
  await expect(page.locator("[data-evidence=segments]")).toHaveAttribute("data-state", "seen")

  const suspects = page.getByTestId("entries")
  await expect(suspects.getByText("只有心跳，没有取过媒体").first()).toBeVisible()
  await suspects.getByRole("button", { name: "看证据" }).first().click()
  const drawer = page.getByRole("dialog")
  await expect(drawer).toContainText("自报播放")
  await drawer.getByRole("button", { name: /close|关闭/i }).click()

  const ticket = await call<{ token: string }>(request, "POST", `/api/rooms/${server.room()}/viewer-token`, {})
  const line = (number: number) =>
    JSON.stringify({ time: Date.now(), path: `/live/${server.room()}/seg/${broadcast}/${number}.m4s?token=${ticket.token}`, status: 200, bytes: 1000 })
  const log = `${[1, 2, 3].map(line).join("\n")}\nnonsense\n`
  await page.getByTestId("cdn-logs").locator("input[type=file]").setInputFiles({ name: "cdn.log", mimeType: "text/plain", buffer: Buffer.from(log) })
  const report = page.getByTestId("cdn-logs").locator("[data-batch]").first()
  await expect(report).toContainText("读不懂 1")
  await expect(report).toContainText("新切片3")

  await expect(report).not.toContainText("已确认齐全")

  // The same log once more, now with the word that it is the last one.
  await page.getByRole("checkbox", { name: "连同这份，本场所有节点的日志已齐" }).check()
  await page.getByTestId("cdn-logs").locator("input[type=file]").setInputFiles({ name: "cdn.log", mimeType: "text/plain", buffer: Buffer.from(log) })
  await expect(report).toContainText("已确认齐全")
})

test("how a room is delivered is asked again before it is changed, and holds from then on", async ({ page, request }) => {
  test.setTimeout(120_000)
  const room = await makeRoom(request, "分发方式")
  const encoder = new Encoder(room, Date.now())
  encoder.start()
  try {
    await signIn(page)
    await page.goto(`/console/audience?room=${room.id}`)
    await expect(page.getByTestId("audit")).toBeVisible({ timeout: 60_000 })
    const delivery = page.getByRole("switch", { name: "经 CDN 分发" })
    const notice = page.getByText("这一场经 CDN 分发")
    await delivery.click()
    await page.getByRole("button", { name: "不改" }).click()
    await expect(delivery).not.toBeChecked()
    await delivery.click()
    await expect(page.getByText("从现在起按经 CDN 分发计？")).toBeVisible()
    await page.getByRole("button", { name: "从现在起" }).click()
    await expect(delivery).toBeChecked()
    await expect(notice).toBeVisible({ timeout: 20_000 })
    await delivery.click()
    await page.getByRole("button", { name: "从现在起" }).click()
    await expect(delivery).not.toBeChecked()
    // A part of this show went through it.
    await expect(notice).toBeVisible()
  } finally {
    encoder.kill()
  }
})

/** A program of somebody's own: follows the redirect, reads the playlist, downloads what is new. */
async function fetching(base: string, until: number): Promise<void> {
  const headers = { "user-agent": "stream-reader/1.0" }
  const first = await fetch(`${base}/live/${server.room()}/index.m3u8`, { headers })
  let address = first.url
  const seen = new Set<string>()
  while (Date.now() < until) {
    const text = await (await fetch(address, { headers })).text()
    const names = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    const variant = text.includes("#EXT-X-STREAM-INF") ? names[0] : undefined
    if (variant) {
      address = new URL(variant, address).href
      continue
    }
    for (const name of names.filter((name) => !seen.has(name))) {
      seen.add(name)
      await (await fetch(new URL(name, address), { headers })).arrayBuffer()
    }
    await new Promise((done) => setTimeout(done, 1000))
  }
}

/** Says heartbeats and fetches nothing. */
async function beating(base: string, until: number): Promise<void> {
  const headers = { "user-agent": "python-requests/2.32" }
  const ticket = (await (await fetch(`${base}/api/rooms/${server.room()}/viewer-token`, { method: "POST", headers })).json()) as { token: string }
  while (Date.now() < until) {
    await new Promise((done) => setTimeout(done, 5200))
    const body = JSON.stringify({ played_ms: 5000, position_ms: Date.now() - 3000, rate: 1 })
    await fetch(`${base}/api/rooms/${server.room()}/heartbeat?token=${ticket.token}`, { method: "POST", headers, body })
  }
}

// Alarms about Kaibo itself: a delivery that is given up rings, is seen on every page, noted, and over when its webhook goes.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type Page } from "@playwright/test"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { appearance, call, signIn } from "./server"

let receiver: Server
let url = ""

test.beforeAll(async () => {
  // Who says 410 is told nothing any more: the letter is dead at once.
  receiver = createServer((_, response) => { response.writeHead(410).end() })
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
})

test.afterAll(() => { receiver.close() })

async function accessible(page: Page, what: string) {
  const found = await new AxeBuilder({ page }).analyze()
  expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`), what).toEqual([])
}

const looks = [
  { theme: "light", language: "zh-CN", viewport: { width: 1440, height: 900 }, show: "查看", note: "确认", found: "事件推送出现死信", limits: "阈值" },
  { theme: "dark", language: "en", viewport: { width: 1440, height: 900 }, show: "Show", note: "Acknowledge", found: "Webhooks have dead letters", limits: "Limits" },
  { theme: "light", language: "en", viewport: { width: 390, height: 844 }, show: "Show", note: "Acknowledge", found: "Webhooks have dead letters", limits: "Limits" },
  { theme: "dark", language: "zh-CN", viewport: { width: 390, height: 844 }, show: "查看", note: "确认", found: "事件推送出现死信", limits: "阈值" },
] as const

test("what is wrong with Kaibo is seen everywhere, noted once, and over when it is mended", async ({ browser, request }) => {
  test.setTimeout(180_000)
  const webhook = await call<{ id: string }>(request, "POST", "/api/webhooks", { name: "gone", url, events: ["RoomCreated"] })
  await call(request, "POST", "/api/rooms", { title: "系统告警验收间" })

  for (const { theme, language, viewport, show, note, found, limits } of looks) {
    const name = `${viewport.width}-${theme}-${language}`
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    await expect(page.locator(".system-banner")).toContainText(found, { timeout: 30_000 })
    await accessible(page, `banner ${name}`)
    await page.locator(".system-banner").getByRole("link", { name: show }).click()
    const alarm = page.getByTestId("system-open").locator("[data-kind=webhook_dead]")
    await expect(alarm.getByText(found)).toBeVisible()
    await expect(alarm.getByRole("button", { name: note })).toBeVisible()
    await accessible(page, `alarms ${name}`)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `no sideways scrolling ${name}`).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `out/system-alarms-${name}.png` })
    await page.getByText(limits, { exact: true }).first().click()
    await expect(page.getByText("condition.webhook_dead_letters")).toBeVisible()
    await accessible(page, `limits ${name}`)
    await page.screenshot({ path: `out/system-limits-${name}.png` })
    await context.close()
  }

  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page)
  await page.goto("/console/system")
  await page.getByTestId("system-open").locator("[data-kind=webhook_dead]").getByRole("button", { name: "确认" }).click()
  await expect(page.getByText(/admin 已确认|.* 已确认（/).first()).toBeVisible()
  await expect(page.locator(".system-banner")).toHaveCount(0)
  await expect(page.getByRole("link", { name: /^系统告警：\d 项$/ })).toBeVisible()
  await call(request, "DELETE", `/api/webhooks/${webhook.id}`)
  await expect(page.getByTestId("system-past").locator("[data-kind=webhook_dead]").first()).toContainText("已确认", { timeout: 40_000 })
  await expect(page.locator(".system-badge")).toHaveCount(0)
  await context.close()
})

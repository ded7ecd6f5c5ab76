// Consent: set in the console with its preview, asked once in the room, answered, changed, taken back; counted. Pictures on a phone.
import AxeBuilder from "@axe-core/playwright"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test, type APIRequestContext, type Locator, type Page } from "@playwright/test"
import { appearance, call, server, signIn } from "./server"

const OFF = { enabled: false, notice_url: "", purposes: [] }
const PHONE = { width: 390, height: 844 }

interface Count { purpose: string; version: number; given: number; declined: number }

const counts = async (request: APIRequestContext) => (await call<Count[]>(request, "GET", "/api/consent/counts")).filter(({ purpose }) => purpose === "analytics")
const violations = async (page: Page) => (await new AxeBuilder({ page }).exclude(".layer").analyze()).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)

async function ask(request: APIRequestContext, zh: string) {
  const purposes = [{ purpose: "analytics", asked: true, zh, en: `${zh} in English` }, { purpose: "marketing", asked: true, zh: "新活动提醒", en: "News of offers" }]
  await call(request, "PUT", "/api/consent/settings", { enabled: true, notice_url: "/privacy", purposes })
}

test.afterAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL: baseURL ?? "" })
  await call(request, "PUT", "/api/consent/settings", OFF)
  await request.dispose()
})

test("what is asked is set in the console, with a preview", async ({ page, request }, info) => {
  await call(request, "PUT", "/api/consent/settings", OFF)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ reducedMotion: "reduce" })
  await signIn(page)
  await page.goto("/console/consent")
  const save = page.getByRole("button", { name: /保\s?存$/ })
  // What an earlier try switched on stays on.
  const switchOn = async (one: Locator) => { if ((await one.getAttribute("aria-checked")) !== "true") await one.click() }
  const analytics = page.getByRole("group", { name: "统计分析" })
  await switchOn(analytics.getByRole("switch"))
  await switchOn(page.getByRole("switch", { name: "向观众询问" }))
  await analytics.getByLabel("中文说明").fill("")
  await save.click()
  await expect(page.getByRole("alert")).toContainText("最多 500 字")
  await analytics.getByLabel("中文说明").fill(`统计您看了什么 ${Date.now()}`)
  await analytics.getByLabel("英文说明").fill("Count what you watch")
  await page.getByLabel("隐私说明地址").fill("/privacy")
  await expect(page.getByTestId("consent")).toContainText("统计分析")
  await page.getByText("英文", { exact: true }).click()
  await expect(page.getByTestId("consent")).toContainText("Watching needs none of these")
  await save.click()
  await expect(analytics.getByText(/第 \d+ 版/)).toBeVisible()
  await expect(save).not.toHaveClass(/loading/)
  expect(await violations(page)).toEqual([])
  await page.screenshot({ path: info.outputPath("settings-desktop.png"), fullPage: true })
  await page.setViewportSize(PHONE)
  await page.screenshot({ path: info.outputPath("settings-phone.png"), fullPage: true })
})

test("the room asks once; a no is not asked again, and nobody is known again by it", async ({ browser, request }, info) => {
  await ask(request, `统计 ${Date.now()}`)
  const before = await counts(request)
  const version = Math.max(...before.map((one) => one.version), 0)
  const context = await browser.newContext({ viewport: PHONE, reducedMotion: "reduce" })
  await appearance(context, "light", "zh-CN")
  const page = await context.newPage()
  await page.goto(`/r/${server.room()}`)
  const bar = page.getByTestId("consent")
  await bar.waitFor()
  await page.screenshot({ path: info.outputPath("room-phone.png") })
  // Neither the picture nor the composer is covered, and no answer is larger than the other.
  const boxes = await Promise.all([page.getByTestId("stage"), bar, page.locator(".composer")].map((one) => one.boundingBox()))
  const [stage, asked, composer] = boxes
  expect(asked!.y).toBeGreaterThanOrEqual(stage!.y + stage!.height)
  expect(composer!.y).toBeGreaterThanOrEqual(asked!.y + asked!.height)
  expect(composer!.y + composer!.height).toBeLessThanOrEqual(PHONE.height)
  const answers = await Promise.all(["不同意", "同意"].map((name) => bar.getByRole("button", { name, exact: true }).boundingBox()))
  expect(Math.abs(answers[0]!.width - answers[1]!.width)).toBeLessThan(1)
  expect(await violations(page)).toEqual([])
  await bar.getByRole("button", { name: "查看说明" }).click()
  await expect(bar).toContainText("新活动提醒")
  await page.screenshot({ path: info.outputPath("room-phone-open.png") })
  const opened = await page.locator(".composer").boundingBox()
  expect(opened!.y + opened!.height).toBeLessThanOrEqual(PHONE.height)
  await bar.getByRole("button", { name: "不同意", exact: true }).click()
  await expect(bar).toHaveCount(0)
  const pseudonym = () => page.evaluate((room) => [localStorage.getItem(`kaibo.viewer.${room}`), sessionStorage.getItem(`kaibo.viewer.${room}`)], server.room())
  expect((await pseudonym())[0]).toBeNull()
  expect(await counts(request)).toContainEqual(expect.objectContaining({ declined: 1, given: 0 }))
  await page.close()

  const later = await context.newPage()
  await later.goto(`/r/${server.room()}`)
  await later.getByRole("button", { name: "隐私" }).waitFor()
  await expect(later.getByTestId("consent")).toHaveCount(0)
  // Changed later from the page itself: one purpose only.
  await later.getByRole("button", { name: "隐私" }).click()
  const again = later.getByTestId("consent")
  await again.getByLabel("统计分析").check()
  await again.getByRole("button", { name: "保存所选" }).click()
  await expect(again).toHaveCount(0)
  const kept = await later.evaluate((room) => localStorage.getItem(`kaibo.viewer.${room}`), server.room())
  expect(kept).not.toBeNull()
  expect((await counts(request)).find((one) => one.version > version || before.length === 0)).toMatchObject({ given: 1 })
  // Taken back.
  await later.getByRole("button", { name: "隐私" }).click()
  await again.getByRole("button", { name: "不同意", exact: true }).click()
  await expect(again).toHaveCount(0)
  expect(await later.evaluate((room) => localStorage.getItem(`kaibo.viewer.${room}`), server.room())).toBeNull()
  await context.close()
})

test("another text asks again, in the viewer's language", async ({ browser, request }, info) => {
  await ask(request, `统计 ${Date.now()}`)
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" })
  await appearance(context, "dark", "en")
  const page = await context.newPage()
  await page.goto(`/r/${server.room()}`)
  const bar = page.getByTestId("consent")
  await bar.getByRole("button", { name: "Accept", exact: true }).click()
  await expect(bar).toHaveCount(0)
  await page.reload()
  await page.getByRole("button", { name: "Privacy" }).waitFor()
  await expect(bar).toHaveCount(0)
  await ask(request, `统计与分析 ${Date.now()}`)
  // The settings are known everywhere within some seconds.
  await expect(async () => {
    await page.reload()
    await bar.waitFor({ timeout: 2_000 })
  }).toPass({ timeout: 20_000 })
  await page.screenshot({ path: info.outputPath("room-desktop-dark-en.png") })
  expect(await violations(page)).toEqual([])
  await context.close()
})

test("a page of another origin tells the record by the SDK", async ({ request, page, baseURL }) => {
  await ask(request, `统计 ${Date.now()}`)
  const ticket = await call<{ token: string; viewer_id: string }>(request, "POST", `/api/rooms/${server.room()}/viewer-token`, {})
  const html = `<!doctype html><meta charset=utf-8><title>Shop</title><script src="${baseURL}/sdk/kaibo.js"></script>`
  const shop = createServer((_, response) => { response.writeHead(200, { "content-type": "text/html" }).end(html) })
  await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done))
  await page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
  await page.evaluate(([room, token]) => {
    const { kaibo } = window as unknown as { kaibo: { init: (key: string, options: object) => void; viewer: (room: string, token: string) => void; consent: (given: boolean) => void } }
    kaibo.init("kbw_none", { consent: "ask", heartbeat_s: 0, pages: false })
    kaibo.viewer(room!, token!)
    kaibo.consent(true)
  }, [server.room(), ticket.token])
  const said = async () => (await call<{ items: { given: boolean; through: string }[] }>(request, "GET", `/api/consent/statements?viewer=${ticket.viewer_id}`)).items
  await expect.poll(said).toEqual([expect.objectContaining({ given: true, through: "sdk" })])
  await page.evaluate(() => { (window as unknown as { kaibo: { consent: (given: boolean) => void } }).kaibo.consent(false) })
  await expect.poll(async () => (await said()).map((one) => one.given)).toEqual([false, true])
  shop.close()
})

// A room's stream relayed to another room of the same server, by the screen; and an outside media server added by the screen.
import { expect, test } from "@playwright/test"
import { Encoder, makeRoom, type OwnRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

test.describe.configure({ mode: "serial" })

let from: OwnRoom
let to: OwnRoom
let encoder: Encoder

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ baseURL: process.env.KAIBO_URL ?? "" })
  from = await makeRoom(request, "转推验收专场")
  to = await makeRoom(request, "转推接收间")
  encoder = new Encoder(from, Date.now())
  encoder.start()
  await expect(async () => {
    const room = await call<{ live: boolean }>(request, "GET", `/api/rooms/${from.id}`)
    expect(room.live).toBe(true)
  }).toPass({ timeout: 30_000 })
  await request.dispose()
})

test.afterAll(() => encoder.kill())

test("a relay is added, goes live, and is switched off", async ({ page, request }) => {
  await signIn(page)
  await page.goto(`/console/relays?room=${from.id}`)
  await page.getByRole("button", { name: "添加目标" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("名称").fill("第二直播间")
  await dialog.getByLabel("服务器地址").fill(`rtmp://127.0.0.1:${to.push_port}/live`)
  await dialog.getByLabel("推流密钥").fill(to.stream_key)
  await page.screenshot({ path: "out/relay-form.png" })
  await dialog.getByRole("button", { name: /保\s?存/ }).click()
  await expect(dialog).toBeHidden()

  const row = page.getByRole("row", { name: /第二直播间/ })
  await expect(row.getByText("推流中")).toBeVisible({ timeout: 30_000 })
  await expect(row.getByText(/[1-9][\d,]* kbps/)).toBeVisible({ timeout: 30_000 })
  expect(await page.content()).not.toContain(to.stream_key)
  await expect(async () => {
    const room = await call<{ live: boolean }>(request, "GET", `/api/rooms/${to.id}`)
    expect(room.live).toBe(true)
  }).toPass({ timeout: 30_000 })

  // A second target that nobody listens at says so.
  await call(request, "POST", `/api/rooms/${from.id}/relays`, { name: "无人接听", url: "rtmp://127.0.0.1:9/live", stream_key: "k" })
  const absent = page.getByRole("row", { name: /无人接听/ })
  await expect(absent.getByText("连接不上服务器")).toBeVisible({ timeout: 30_000 })
  await page.screenshot({ path: "out/relays.png" })

  await row.getByRole("button", { name: "停用" }).click()
  await expect(row.getByText("已停用")).toBeVisible()
  const source = await call<{ live: boolean }>(request, "GET", `/api/rooms/${from.id}`)
  expect(source.live).toBe(true)
})

test("a media server is added, and its lines are shown this once", async ({ page }) => {
  await signIn(page)
  await page.goto("/console/media-servers")
  await page.getByRole("button", { name: "接入服务器" }).first().click()
  const form = page.getByRole("dialog")
  await form.getByLabel("名称").fill("机房 SRS")
  await form.getByLabel("拉流地址").fill("rtmp://10.0.0.5/live/{name}")
  await form.getByRole("button", { name: /保\s?存/ }).click()
  const shown = page.getByRole("dialog", { name: /回调地址/ })
  await expect(shown.getByText(/on_publish\s+http:\/\/.*kbh_/).first()).toBeVisible()
  await page.screenshot({ path: "out/media-server-secret.png" })
  await shown.getByRole("button", { name: "我已保存" }).click()
  await expect(page.getByRole("row", { name: /机房 SRS/ })).toBeVisible()
  expect(await page.content()).not.toContain("kbh_")
})

for (const [theme, language, width, height] of [
  ["light", "zh-CN", 1440, 900], ["dark", "en", 1440, 900], ["light", "en", 390, 844], ["dark", "zh-CN", 390, 844],
] as const) {
  test(`pictures: ${theme} ${language} ${width}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height }, baseURL: process.env.KAIBO_URL ?? "" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    for (const [name, path] of [["relays", `/console/relays?room=${from.id}`], ["media-servers", "/console/media-servers"]] as const) {
      await page.goto(path)
      await page.locator(".table").first().waitFor()
      await page.screenshot({ path: `out/${name}-${theme}-${language}-${width}.png` })
    }
    await context.close()
  })
}

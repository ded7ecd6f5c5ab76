// A room's stream relayed to another room of the same server, by the screen; and an outside media server added by the screen.
import { expect, test } from "@playwright/test"
import { Encoder, makeRoom, type OwnRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

test.describe.configure({ mode: "serial" })

let from: OwnRoom
let to: OwnRoom
let empty: OwnRoom
let encoder: Encoder

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ baseURL: process.env.KAIBO_URL ?? "" })
  from = await makeRoom(request, "转推验收专场")
  to = await makeRoom(request, "转推接收间")
  empty = await makeRoom(request, "还没开播的直播间")
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

  // Refusals are said in the reader's language.
  await page.getByRole("button", { name: "添加目标" }).click()
  await dialog.getByLabel("名称").fill("绕回来")
  await dialog.getByLabel("服务器地址").fill("rtmp://push.example.com/live")
  await dialog.getByLabel("推流密钥").fill(`evening?key=${from.stream_key}`)
  await dialog.getByRole("button", { name: /保\s?存/ }).click()
  await expect(dialog.getByRole("alert")).toContainText("画面会无限循环")
  await dialog.getByRole("button", { name: /取\s?消/ }).click()
  await expect(dialog).toBeHidden()
  await row.getByRole("button", { name: /更多操作/ }).click()
  await page.getByRole("menuitem", { name: "修改" }).click()
  await dialog.getByLabel("服务器地址").fill(`rtmp://127.0.0.1:${to.push_port}/live/pasted-key`)
  await dialog.getByRole("button", { name: /保\s?存/ }).click()
  await expect(dialog.getByRole("alert")).toContainText("请同时填写新地址的推流密钥")
  await dialog.getByRole("button", { name: /取\s?消/ }).click()
  await expect(dialog).toBeHidden()

  // The one that fails for long rings.
  await page.getByRole("button", { name: /告警/ }).click()
  const alarm = page.locator("[data-kind=relay_failed]").filter({ hasText: "转推验收专场" })
  await expect(alarm).toContainText("转推失败", { timeout: 60_000 })
  await expect(alarm.getByRole("link", { name: "查看转推" })).toHaveAttribute("href", new RegExp(from.id))
  await page.screenshot({ path: "out/relay-alarm.png" })
  await page.keyboard.press("Escape")

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

  // A refusal, and what follows the address.
  await page.getByRole("row", { name: /机房 SRS/ }).getByRole("button", { name: "修改" }).click()
  const change = page.getByRole("dialog", { name: "修改媒体服务器" })
  await change.getByLabel("拉流地址").fill("rtmp://10.0.0.5/live/room")
  await change.getByRole("button", { name: /保\s?存/ }).click()
  await expect(change.getByRole("alert")).toContainText("流名的位置写 {name}")
  await change.getByLabel("拉流地址").fill("rtmp://10.0.0.5/live/{name}?secret=s3cr3t")
  await change.getByRole("button", { name: /保\s?存/ }).click()
  await expect(change).toBeHidden()
  await expect(page.getByText("rtmp://10.0.0.5/live/{name}?…")).toBeVisible()
  await page.reload()
  await expect(page.getByText("rtmp://10.0.0.5/live/{name}?…")).toBeVisible()
  expect(await page.content()).not.toContain("s3cr3t")
})

test("a server that pushes on is live only when its push is here", async ({ page, request }) => {
  await signIn(page)
  await page.goto("/console/media-servers")
  await page.getByRole("button", { name: "接入服务器" }).first().click()
  const form = page.getByRole("dialog")
  await form.getByLabel("名称").fill("边缘 nginx")
  await form.getByLabel("类型").click()
  await page.getByTitle("nginx-rtmp").click()
  await form.getByText("转推过来").click()
  await form.getByRole("button", { name: /保\s?存/ }).click()
  const shown = page.getByRole("dialog", { name: /回调地址/ })
  await expect(shown.getByText(new RegExp(`push\\s+rtmp://[\\d.]+:${from.push_port}/live;`)).first()).toBeVisible()
  await expect(shown.getByText("推流时用流名当密钥")).toBeVisible()
  await page.screenshot({ path: "out/media-server-forward.png" })
  const hook = (await shown.getByText(/^http:.*kbh_[0-9a-f]+$/).first().textContent()) ?? ""
  await shown.getByRole("button", { name: "我已保存" }).click()

  const publish = (name: string, key: string) =>
    request.post(new URL(hook).pathname, { data: `app=live&name=${name}&addr=127.0.0.1&clientid=${name}&call=publish&key=${key}` })
  expect((await publish("evening", from.stream_key)).status()).toBe(200)
  expect((await publish("night", empty.stream_key)).status()).toBe(200)
  expect((await publish("stranger", "sk_wrong")).status()).toBe(403)
  await expect(page.getByRole("row", { name: /live\/evening/ }).getByText("转推中")).toBeVisible()
  const night = page.getByRole("row", { name: /live\/night/ })
  await expect(night.getByText("等待转推")).toBeVisible()
  await expect(night.getByText(/流还没有推过来/)).toBeVisible({ timeout: 30_000 })

  // A list that cannot be had says so.
  await page.route("**/api/media-servers/*/streams", (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify({ code: "internal", detail: "internal error" }) }))
  await page.reload()
  await expect(page.getByText("没有成功（错误码 internal）").first()).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText("internal error")).toBeHidden()
})

for (const [theme, language, width, height] of [
  ["light", "zh-CN", 1440, 900], ["dark", "en", 1440, 900], ["light", "en", 390, 844], ["dark", "zh-CN", 390, 844],
] as const) {
  test(`pictures: ${theme} ${language} ${width}`, async ({ browser, request }) => {
    const { items } = await call<{ items: { id: string; name: string; enabled: boolean }[] }>(request, "GET", `/api/rooms/${from.id}/relays`)
    for (const relay of items.filter((one) => !one.enabled)) await call(request, "POST", `/api/relays/${relay.id}/start`)
    const context = await browser.newContext({ viewport: { width, height }, baseURL: process.env.KAIBO_URL ?? "" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    for (const [name, path] of [["relays", `/console/relays?room=${from.id}`], ["media-servers", "/console/media-servers"]] as const) {
      await page.goto(path)
      await page.locator(".table").first().waitFor()
      if (name === "relays") await expect(page.getByText(/[1-9][\d,]* kbps/).first()).toBeVisible({ timeout: 30_000 })
      await page.screenshot({ path: `out/${name}-${theme}-${language}-${width}.png` })
    }
    await context.close()
  })
}

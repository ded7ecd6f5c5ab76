// How long things are kept is changed by the screen after a look at what would go; a viewer is held and released; it fits a phone.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type Page } from "@playwright/test"
import { makeRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

interface Kept {
  class: string
  days: number | null
}

const kept = async (request: Parameters<typeof call>[0], name: string) =>
  (await call<{ classes: Kept[] }>(request, "GET", "/api/privacy/retention")).classes.find((one) => one.class === name)?.days

async function isAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze()
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
}

test("a shorter time is saved after a look at what goes, and the law is kept to", async ({ page, request }) => {
  await call(request, "PUT", "/api/privacy/retention/words", { days: null })
  await signIn(page)
  await page.goto("/console/retention")
  await page.getByRole("button", { name: "修改“观众内容”的保存期限" }).click()
  const dialog = page.getByRole("dialog")
  const days = dialog.getByLabel("保存天数")
  await days.fill("59")
  await expect(dialog.getByText("请输入允许范围内的天数")).toBeVisible()
  await expect(dialog.getByText("第十六条")).toBeVisible()
  await expect(dialog.getByRole("button", { name: "试算" })).toBeDisabled()
  await days.fill("180")
  await dialog.getByRole("button", { name: "试算" }).click()
  await expect(dialog.getByTestId("going")).toBeVisible()
  expect(await kept(request, "words")).toBe(null)
  // Another number has to be looked at anew.
  await days.fill("365")
  await expect(dialog.getByRole("button", { name: "试算" })).toBeVisible()
  await dialog.getByRole("button", { name: "试算" }).click()
  await dialog.getByRole("button", { name: "保存", exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole("row", { name: /观众内容/ }).first().getByText("365 天")).toBeVisible()
  expect(await kept(request, "words")).toBe(365)
  await page.getByRole("button", { name: "修改“观众内容”的保存期限" }).click()
  await page.getByRole("button", { name: "恢复默认（永久）" }).click()
  await expect(page.getByRole("row", { name: /观众内容/ }).first().getByText("默认")).toBeVisible()
})

test("an item is kept for a day only", async ({ page, request }) => {
  const source = await call<{ id: string; write_key: string }>(request, "POST", "/api/collect/sources", { name: "到期", kind: "segment", plan: { mode: "enforce" } })
  await call(request, "POST", "/v1/batch", { batch: [{ type: "track", event: "Refused", userId: "u" }], writeKey: source.write_key })
  await signIn(page)
  await page.goto("/console/retention")
  await page.getByRole("button", { name: "修改“隔离区”的保存期限" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("保存天数").fill("1")
  await dialog.getByRole("button", { name: "试算" }).click()
  await expect(dialog.getByText("没有到期的数据").first()).toBeVisible()
  await dialog.getByRole("button", { name: "保存", exact: true }).click()
  await expect(page.getByRole("row", { name: /隔离区/ }).first().getByText("1 天")).toBeVisible()
})

test("a viewer and a show are held and released", async ({ page, request }) => {
  const room = await makeRoom(request, "保全专场")
  const rows = [{ id: "h1", occurred_at: 1_700_000_000_000, kind: "danmaku", user: "held-one", text: "证据" }]
  const show = await call<{ broadcast_id: string }>(request, "POST", `/api/rooms/${room.id}/imports`, { title: "保全的一场", started_at_ms: 1_700_000_000_000, rows, complete: true })
  await signIn(page)
  await page.goto("/console/retention")
  await page.getByRole("button", { name: "新增保全" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("button", { name: "新增保全" }).click()
  await expect(dialog.getByText("请填写").first()).toBeVisible()
  await dialog.getByLabel("观众假名").fill("held-one")
  await dialog.getByLabel("事由").fill("(2026) 民初 1024 号")
  await dialog.getByRole("button", { name: "新增保全" }).click()
  const row = page.getByRole("row", { name: /held-one/ })
  await expect(row.getByText("保全中")).toBeVisible()
  const refused = await request.post("/api/privacy/erasures", { headers: { authorization: `Bearer ${process.env.KAIBO_TOKEN ?? ""}` }, data: { viewer: "held-one" } })
  expect(refused.status()).toBe(409)
  await call(request, "POST", "/api/privacy/holds", { broadcast: show.broadcast_id, reason: "监管来函" })
  await row.getByRole("button", { name: /解除/ }).click()
  await page.getByRole("dialog").getByRole("button", { name: "解除", exact: true }).click()
  await expect(row.getByText("已解除")).toBeVisible()
  await expect(page.getByRole("row", { name: new RegExp(show.broadcast_id) }).getByText("保全中")).toBeVisible()
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screen has no accessibility violations and fits, ${language}`, async ({ browser, request }) => {
    await call(request, "POST", "/api/privacy/holds", { viewer: `v${"0f3c2a".repeat(5)}`, reason: "(2026) 民初 1024 号" })
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    await page.goto("/console/retention")
    await expect(page.getByRole("row", { name: /0f3c2a/ }).first()).toBeVisible()
    await isAccessible(page)
    await page.screenshot({ path: `out/retention-${language}.png`, fullPage: true })
    await page.getByRole("button", { name: language === "en" ? /Audit and sign-ins/ : /审计与登录/ }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByRole("spinbutton").fill("184")
    await dialog.getByRole("button", { name: language === "en" ? "Preview" : "试算" }).click()
    await expect(dialog.getByTestId("going")).toBeVisible()
    await isAccessible(page)
    await page.screenshot({ path: `out/retention-form-${language}.png` })
    await context.close()
  })
}

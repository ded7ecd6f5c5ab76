// What a viewer wrote is handed out as a file and erased by the screen; it fits a phone.
import AxeBuilder from "@axe-core/playwright"
import { expect, test } from "@playwright/test"
import { readFile } from "node:fs/promises"
import { makeRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

const WORDS = "请忘掉这句话"

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext(baseURL ? { baseURL } : {})
  const room = await makeRoom(request, "隐私专场")
  const rows = [
    { id: "p1", occurred_at: 1_700_000_000_000, kind: "danmaku", user: "forget-me", nick: "路人", text: WORDS },
    { id: "p2", occurred_at: 1_700_000_001_000, kind: "danmaku", user: "stays", text: "记得这一句" },
  ]
  await call(request, "POST", `/api/rooms/${room.id}/imports`, { title: "隐私的一场", started_at_ms: 1_700_000_000_000, rows, complete: true })
  await request.dispose()
})

test("a viewer's words are exported, erased, and found no more", async ({ page, request }) => {
  await signIn(page)
  await page.goto("/console/privacy")
  const found = async () => (await call<{ items: { text: string }[] }>(request, "GET", `/api/danmaku/search?q=${encodeURIComponent("请忘掉")}`)).items
  expect((await found()).map((one) => one.text)).toEqual([WORDS])
  await page.getByRole("button", { name: "抹除内容" }).click()
  await expect(page.getByText("请输入标识")).toBeVisible()
  await page.getByLabel("标识", { exact: true }).fill("forget-me")
  const download = page.waitForEvent("download")
  await page.getByRole("button", { name: "导出资料" }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe("viewer-forget-me.json")
  expect(await readFile(await file.path(), "utf8")).toContain(WORDS)
  await page.getByRole("button", { name: "抹除内容" }).click()
  const dialog = page.getByRole("dialog")
  await expect(dialog.getByText("不能恢复")).toBeVisible()
  await dialog.getByRole("button", { name: "抹除内容" }).click()
  const row = page.getByRole("row", { name: /forget-me/ })
  await expect(row.getByText("已完成")).toBeVisible({ timeout: 30_000 })
  expect(await found()).toEqual([])
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screen has no accessibility violations and fits, ${language}`, async ({ browser, request }) => {
    await call(request, "POST", "/api/privacy/erasures", { viewer: `v${"0f3c2a".repeat(5)}` })
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    await page.goto("/console/privacy")
    await expect(page.getByRole("row", { name: /0f3c2a/ }).first()).toBeVisible()
    const found = await new AxeBuilder({ page }).analyze()
    expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `out/privacy-${language}.png`, fullPage: true })
    await context.close()
  })
}

// What is decided and changed stands in the ledger at once, is found by day, kind and what it is about, and its evidence is a file that checks.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Page } from "@playwright/test"
import { spawnSync } from "node:child_process"
import { makeRoom } from "./encoder"
import { appearance, call, server, signIn } from "./server"

interface Item {
  position: number
  text: string
}

/** A day is sealed when it is over, which nobody waits for here: days as the server would tell them. */
async function sealedDays(page: Page): Promise<void> {
  const head = (day: string, first: number, last: number, digit: string) =>
    ({ org: "0190a0c0-0000-7000-8000-000000000001", day, rows: last - first + 1, first, last, hash: digit.repeat(64), sealed_at_ms: Date.parse(`${day}T16:04:00Z`) })
  const items = [head("2026-05-03", 60, 1_842, "a"), head("2026-05-02", 12, 59, "3"), head("2026-05-01", 1, 11, "c")]
  await page.route("**/api/moderation/ledger/heads?*", (route) => route.fulfill({ json: { items } }))
}

/** Says something that waits, and decides about it. */
async function rejected(page: Page, request: APIRequestContext, room: string, text: string): Promise<number> {
  await call(request, "PUT", `/api/rooms/${room}/chat`, { mode: "before_review" })
  await page.goto(`/r/${room}`)
  await page.locator(".composer input").fill(text)
  await page.locator(".composer .send").click()
  await expect(page.locator(".line[data-delivery=held]")).toBeVisible()
  let item: Item | undefined
  await expect(async () => {
    const { items } = await call<{ items: Item[] }>(request, "GET", `/api/moderation/items?room=${room}`)
    item = items.find((one) => one.text === text)
    expect(item).toBeDefined()
  }).toPass()
  const position = item?.position ?? 0
  await call(request, "POST", "/api/moderation/verdicts", { positions: [position], outcome: "reject", clause: "contact" })
  return position
}

test("a verdict and a change of mode are rows, and the evidence is a file that checks", async ({ browser, page, request }, info) => {
  const room = (await makeRoom(request, "存证专场")).id
  const viewer = await (await browser.newContext()).newPage()
  const text = `加薇信看货 ${info.retry}`
  const position = await rejected(viewer, request, room, text)
  await viewer.context().close()
  await signIn(page)
  await page.goto(`/console/ledger?about=danmaku:${position}`)
  const rows = page.getByTestId("ledger-rows")
  await expect(rows.getByRole("row", { name: /审核裁决/ })).toHaveCount(1)
  await expect(rows).toContainText("驳回：引流到站外")
  await rows.getByRole("button", { name: /^详情/ }).click()
  const dialog = page.getByRole("dialog")
  await expect(dialog).toContainText(`"position": ${position}`)
  await expect(dialog).toContainText('"person"')
  await expect(dialog).not.toContainText(text)
  await page.keyboard.press("Escape")
  await expect(dialog).toBeHidden()

  const [evidence] = await Promise.all([page.waitForEvent("download"), rows.getByRole("link", { name: /^证据包/ }).click()])
  expect(evidence.suggestedFilename()).toBe(`evidence-${position}.json`)
  const checked = spawnSync("python3", ["../tools/verify_evidence.py", await evidence.path()], { encoding: "utf8" })
  expect(checked.stdout + checked.stderr).toContain("person and words: as in the row")
  const [heads] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "导出封存" }).click()])
  expect(heads.suggestedFilename()).toMatch(/^ledger-heads-\d{4}-\d{2}-\d{2}\.jsonl$/)

  // By kind, and by what it is about; the address keeps both.
  await rows.getByRole("combobox", { name: "类型" }).selectOption("mode_changed")
  await expect(rows).toContainText("没有记录")
  await rows.getByRole("searchbox", { name: "对象" }).fill(`room:${room}`)
  await rows.getByRole("searchbox", { name: "对象" }).press("Enter")
  await expect(rows).toContainText("先发后审 → 先审后发")
  await page.reload()
  await expect(rows).toContainText("先发后审 → 先审后发")
  await expect(page).toHaveURL(/kind=mode_changed/)

  const { items } = await call<{ items: { facts: Record<string, unknown> }[] }>(request, "GET", `/api/moderation/ledger?about=danmaku:${position}`)
  expect(items[0]?.facts).toMatchObject({ outcome: "reject", clause: "contact", position })
})

test("a day is picked, and its rows are shown", async ({ page, request }) => {
  const room = (await makeRoom(request, "按日查看")).id
  await call(request, "PUT", `/api/rooms/${room}/chat`, { mode: "off" })
  await sealedDays(page)
  await signIn(page)
  await page.goto("/console/ledger")
  const days = page.getByTestId("ledger-days")
  await expect(days.getByRole("row")).toHaveCount(5)
  await days.getByRole("button", { name: "2026-05-02" }).click()
  await expect(page).toHaveURL(/day=2026-05-02/)
  await expect(page.getByTestId("ledger-rows")).toContainText("没有记录")
  await days.getByRole("button").first().click()
  await expect(page.getByTestId("ledger-rows")).toContainText("关闭弹幕")
})

test("who may not read it has no such screen", async ({ request }) => {
  const token = await call<{ token: string }>(request, "POST", "/api/tokens", { name: "审核", role: "moderator" })
  const answer = await request.get("/api/moderation/ledger", { headers: { authorization: `Bearer ${token.token}` } })
  expect(answer.status()).toBe(403)
  expect(server.token()).not.toBe(token.token)
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screen has no accessibility violations and fits, ${language}`, async ({ browser, request }) => {
    const room = (await makeRoom(request, "无障碍专场")).id
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await rejected(page, request, room, "加薇信看货，主播今天真好看")
    await call(request, "POST", "/api/moderation/lists", { name: "本场词库", level: "block" })
    await sealedDays(page)
    await signIn(page)
    await page.goto("/console/ledger")
    await expect(page.getByTestId("ledger-rows")).toContainText(/驳回|Rejected/)
    await expect(page.getByTestId("ledger-days")).toContainText("2026-05-03")
    await page.waitForLoadState("networkidle")
    const found = await new AxeBuilder({ page }).analyze()
    expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `out/ledger-${language}.png`, fullPage: true })
    await page.getByTestId("ledger-rows").getByRole("button", { name: /^(详情|Details)/ }).first().click()
    await expect(page.getByRole("dialog")).toBeVisible()
    await page.screenshot({ path: `out/ledger-row-${language}.png` })
    await context.close()
  })
}

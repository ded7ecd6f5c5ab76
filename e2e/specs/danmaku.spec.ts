// Danmaku of other days are found, marked, narrowed, and lead to where they were said.
import AxeBuilder from "@axe-core/playwright"
import { expect, test } from "@playwright/test"
import { makeRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

const SAID = ["主播今天真好看", "直播開始了", "７７７", "普通的一句", "😀嘉然来了"]

test.beforeAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext(baseURL ? { baseURL } : {})
  const room = await makeRoom(request, "弹幕检索专场")
  const rows = SAID.map((text, at) => ({ id: `r${at}`, occurred_at: 1_700_000_000_000 + at * 1000, kind: "danmaku", user: `u${at % 2}`, nick: `昵称${at}`, text, offset_ms: at * 1000 }))
  await call(request, "POST", `/api/rooms/${room.id}/imports`, { title: "检索的一场", started_at_ms: 1_700_000_000_000, rows, complete: true })
  await request.dispose()
})

test("words are found whatever their form, marked, and narrowed to a viewer", async ({ page }) => {
  await signIn(page)
  await page.goto("/console/danmaku")
  const query = page.getByRole("textbox", { name: "要找的词" })
  const hits = page.getByTestId("hits").locator(".hit")
  const look = async (q: string, texts: string[]) => {
    await query.fill(q)
    await query.press("Enter")
    await expect(hits.locator(".hit-text")).toHaveText(texts)
  }
  await look("主播好看", ["昵称0主播今天真好看"])
  await expect(hits.first().locator("mark")).toHaveText(["主播", "好看"])
  await expect(page.getByTestId("hits")).toContainText("按 「主播」 「好看」 查找")
  await look("\"主播好看\"", [])
  await expect(page.getByTestId("hits")).toContainText("没有找到")
  await look("直播开始", ["昵称1直播開始了"])
  await look("777", ["昵称2７７７"])
  await expect(page).toHaveURL(/q=/)
  await page.reload()
  await expect(hits.locator(".hit-text")).toHaveText(["昵称2７７７"])
  await look("嘉然", ["昵称4😀嘉然来了"])
  await expect(hits.first().locator("mark")).toHaveText(["嘉然"])
  await expect(hits.first().getByRole("link", { name: "看回放" })).toHaveAttribute("href", /\/console\/danmaku\?replay=.+&at=4000/)
  await hits.first().getByRole("button", { name: /只看这位观众/ }).click()
  await look("", ["昵称4😀嘉然来了", "昵称2７７７", "昵称0主播今天真好看"])
  await page.getByRole("button", { name: "清空条件" }).click()
  await page.getByRole("combobox", { name: "直播间" }).selectOption({ label: "弹幕检索专场" })
  await expect(hits).toHaveCount(5)
})

test("a show that was brought in is replayed along its danmaku, at any speed", async ({ page }) => {
  await signIn(page)
  await page.goto(`/console/danmaku?q=${encodeURIComponent("777")}`)
  const link = page.getByTestId("hits").getByRole("link", { name: "看回放" }).first()
  await page.goto(await link.getAttribute("href") ?? "")
  const replay = page.getByTestId("replay")
  const said = page.getByTestId("said").locator("li span")
  await expect(page.getByTestId("replay-at")).toHaveText("00:02")
  await expect(said).toHaveText(["昵称0主播今天真好看", "昵称1直播開始了", "昵称2７７７"])
  await expect(replay).toContainText("只回放弹幕")
  await replay.getByLabel("倍速").selectOption("16")
  await replay.getByRole("button", { name: "播放" }).click()
  await expect(said).toHaveCount(5)
  await expect(replay).toHaveAttribute("data-moves", "false")
  await page.getByTestId("said").getByRole("button", { name: "跳到 00:01" }).click()
  await expect(page.getByTestId("replay-at")).toHaveText("00:01")
  await expect(said).toHaveCount(2)
  await replay.getByLabel("倍速").selectOption("0.5")
  await page.getByRole("heading", { name: "弹幕回放" }).click()
  await page.keyboard.press("Space")
  await expect(replay).toHaveAttribute("data-moves", "true")
  await expect(replay.locator(".flight").first()).toHaveText("７７７")
  await page.keyboard.press("Space")
  await expect(replay).toHaveAttribute("data-moves", "false")
  await page.keyboard.press("ArrowRight")
  await expect(said).toHaveCount(5)
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the search has no accessibility violations and fits, ${language}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    await page.goto(`/console/danmaku?q=${encodeURIComponent("好看")}`)
    await expect(page.locator(".hit mark").first()).toBeVisible()
    const found = await new AxeBuilder({ page }).analyze()
    expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `out/danmaku-${language}.png`, fullPage: true })
    await page.goto(await page.locator(".hit a").first().getAttribute("href") ?? "")
    await expect(page.getByTestId("said").locator("li b").first()).toBeVisible()
    const again = await new AxeBuilder({ page }).analyze()
    expect(again.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `out/danmaku-replay-${language}.png`, fullPage: true })
    await context.close()
  })
}

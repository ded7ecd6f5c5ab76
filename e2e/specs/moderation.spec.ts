// What is held reaches the desk, is decided there by keys, and everybody learns of it; a list's word counts at once; the chat is closed.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Page } from "@playwright/test"
import { makeRoom } from "./encoder"
import { appearance, call, colleague, server, signIn } from "./server"

async function roomOf(request: APIRequestContext, title: string, mode: string): Promise<string> {
  const room = await makeRoom(request, title)
  await call(request, "PUT", `/api/rooms/${room.id}/chat`, { mode })
  return room.id
}

async function enter(page: Page, room: string): Promise<void> {
  await page.goto(`/r/${room}`)
  await expect(page.locator(".composer input")).toHaveAttribute("placeholder", /说点什么|弹幕|审核/)
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator(".composer input").fill(text)
  await page.locator(".composer .send").click()
}

/** Brings the card up by keys. */
async function cardOf(page: Page, text: string): Promise<void> {
  const card = page.getByTestId("card")
  await expect(page.locator(".desk-stack button", { hasText: text })).toBeVisible()
  // Up to the first card, then down one by one.
  await expect(async () => {
    await page.keyboard.press("k")
    await expect(page.locator(".desk-stack button").first()).toHaveAttribute("aria-current", "true", { timeout: 300 })
  }).toPass()
  await expect(async () => {
    if ((await card.locator(".card-text").textContent()) !== text) await page.keyboard.press("j")
    await expect(card.locator(".card-text")).toHaveText(text, { timeout: 1_000 })
  }).toPass()
}

test("what is held is decided by keys: what passes is shown to everybody, who is rejected reads why", async ({ browser, page, request }, info) => {
  const [passes, rejected] = [`这句可以通过 ${info.retry}`, `这句不能通过 ${info.retry}`]
  const room = await roomOf(request, "先审专场", "before_review")
  const writer = await (await browser.newContext()).newPage()
  const other = await (await browser.newContext()).newPage()
  await enter(writer, room)
  await enter(other, room)
  await say(writer, passes)
  await say(writer, rejected)
  const mine = (text: string) => writer.locator(".line", { hasText: text })
  await expect(mine(passes)).toContainText("审核中")
  await expect(mine(rejected)).toContainText("审核中")
  await signIn(page)
  await page.goto("/console/moderation")
  await cardOf(page, rejected)
  await page.keyboard.press("1")
  await expect(page.getByTestId("outbox")).toContainText("驳回 1 条：辱骂他人")
  await page.keyboard.press("u")
  await cardOf(page, rejected)
  await page.keyboard.press("1")
  await cardOf(page, passes)
  await page.keyboard.press("p")
  await expect(mine(rejected)).toContainText("审核未通过：辱骂他人")
  await expect(mine(passes)).not.toContainText("审核中")
  await expect(mine(passes)).toHaveCount(1)
  await expect(other.locator(".line", { hasText: passes })).toBeVisible()
  await expect(other.locator(".line", { hasText: rejected })).toHaveCount(0)
  await page.goto("/console/moderation?tab=items")
  await expect(page.getByTestId("items").locator("li", { hasText: rejected }).first()).toContainText("已驳回：辱骂他人")
  await writer.context().close()
  await other.context().close()
})

test("the desk shows the moment a danmaku was said, silently, and how many rooms a reviewer has", async ({ browser, page, request }, info) => {
  const text = `加薇信看画面 ${info.retry}`
  const writer = await (await browser.newContext()).newPage()
  await enter(writer, server.room())
  await say(writer, text)
  await expect(writer.locator(".line", { hasText: text })).toContainText("审核中")
  await signIn(page)
  await page.goto("/console/moderation")
  await cardOf(page, text)
  await expect(page.getByTestId("rooms-on-air")).toContainText(/在播直播间 [1-9]/)
  await page.keyboard.press("v")
  const moment = page.getByTestId("moment")
  await expect(moment.locator("video")).toHaveJSProperty("muted", true)
  // The show may be younger than half a minute: then from its beginning.
  await expect(moment.getByTestId("moment-at")).toHaveText(/发言[前后] /)
  await expect.poll(() => moment.locator("video").evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0)
  const found = await new AxeBuilder({ page }).analyze()
  expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
  await page.screenshot({ path: "out/moderation-moment.png" })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: "out/moderation-moment-phone.png", fullPage: true })
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await page.keyboard.press("v")
  await expect(moment).toHaveCount(0)
  const { items } = await call<{ items: { position: number, text: string }[] }>(request, "GET", `/api/moderation/items?room=${server.room()}&state=open`)
  const positions = items.filter((one) => one.text === text).map((one) => one.position)
  await call(request, "POST", "/api/moderation/verdicts", { positions, outcome: "reject", clause: "contact" })
  await writer.context().close()
})

test("who is not sure asks the next tier by keys, and sees it no more", async ({ browser, page, request }, info) => {
  const text = `这是人名还是骂人 ${info.retry}`
  const room = await roomOf(request, "升级专场", "before_review")
  const writer = await (await browser.newContext()).newPage()
  await enter(writer, room)
  await say(writer, text)
  await expect(writer.locator(".line", { hasText: text })).toContainText("审核中")
  const reviewer = await colleague(browser, request, "moderator", "小林")
  await reviewer.goto("/console/moderation")
  await cardOf(reviewer, text)
  await reviewer.keyboard.press("e")
  const dialog = reviewer.getByRole("dialog")
  await expect(dialog.locator(".ant-btn-primary")).toBeDisabled()
  await dialog.getByRole("textbox").fill("弹幕里是主播的名字吗？")
  await reviewer.screenshot({ path: "out/moderation-escalate.png" })
  await dialog.locator(".ant-btn-primary").click()
  await expect(reviewer.locator(".desk-stack button", { hasText: text })).toHaveCount(0)
  await signIn(page)
  await page.goto("/console/moderation")
  await expect(page.getByTestId("escalated")).toContainText(/待上级 [1-9]/)
  await cardOf(page, text)
  await expect(page.getByTestId("asked")).toContainText("弹幕里是主播的名字吗？")
  await expect(page.getByRole("button", { name: /升级/ })).toHaveCount(0)
  await page.screenshot({ path: "out/moderation-asked.png" })
  await page.keyboard.press("p")
  await expect(writer.locator(".line", { hasText: text })).not.toContainText("审核中")
  await writer.context().close()
  await reviewer.context().close()
})

test("a word blocks from the moment it is added, and a closed chat takes nothing", async ({ browser, page, request }) => {
  const room = await roomOf(request, "词库专场", "after_review")
  const writer = await (await browser.newContext()).newPage()
  await enter(writer, room)
  await signIn(page)
  await page.goto("/console/moderation?tab=lists")
  await page.getByRole("button", { name: "新建词库" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("名称").fill("活动词库")
  // Tried in a room where it hits everybody, on what was really said.
  const welcome = `欢迎来到直播间 ${Date.now()}`
  await say(writer, welcome)
  await dialog.getByLabel("词条").fill("欢迎来到")
  await expect(async () => {
    await dialog.getByRole("button", { name: "试跑" }).click()
    await expect(dialog.getByTestId("dry-run")).toContainText(welcome, { timeout: 2_000 })
  }).toPass()
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(viewport)
    const found = await new AxeBuilder({ page }).include("[role=dialog]").analyze()
    expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `out/moderation-dry-run-${viewport.width}.png` })
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await dialog.getByLabel("词条").fill("")
  await dialog.locator(".ant-btn-primary").click()
  const words = page.getByTestId("words")
  await words.getByRole("textbox", { name: "词", exact: true }).fill("紫薯布丁")
  // Before it counts it is tried on what was said.
  await words.getByRole("button", { name: "试跑" }).click()
  await expect(words.getByTestId("dry-run")).toContainText(/试跑了最近 \d+ 条弹幕|最近没有弹幕/)
  await words.getByRole("combobox", { name: "级别" }).selectOption("block")
  await words.getByRole("button", { name: "添 加" }).or(words.getByRole("button", { name: "添加" })).click()
  await expect(words.getByRole("row", { name: /紫薯布丁/ })).toBeVisible()
  const box = page.getByTestId("try")
  await box.getByRole("textbox").fill("来点紫薯布丁吧")
  await box.locator("button[type=submit]").click()
  await expect(page.getByTestId("said")).toHaveAttribute("data-verdict", "block")
  await expect(page.getByTestId("said").locator("mark")).toHaveText("紫薯布丁")
  await say(writer, "来点紫薯布丁吧")
  await expect(writer.locator(".line", { hasText: "紫薯布丁" })).toContainText("内容违反规定")
  await call(request, "PUT", `/api/rooms/${room}/chat`, { mode: "off" })
  await expect(writer.getByTestId("chat-off")).toBeVisible()
  await expect(writer.locator(".composer input")).toBeDisabled()
  await writer.context().close()
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screens have no accessibility violations and fit, ${language}`, async ({ browser, request }) => {
    const room = await roomOf(request, "无障碍专场", "before_review")
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await page.goto(`/r/${room}`)
    await say(page, "加薇信看货，主播今天真好看")
    await expect(page.locator(".line[data-delivery=held]")).toBeVisible()
    await signIn(page)
    for (const [tab, shown] of [["desk", "card"], ["items", "items"], ["lists", "lists"]] as const) {
      await page.goto(`/console/moderation?tab=${tab}`)
      await expect(page.getByTestId(shown)).toBeVisible()
      await page.waitForLoadState("networkidle")
      const found = await new AxeBuilder({ page }).analyze()
      expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      await page.screenshot({ path: `out/moderation-${tab}-${language}.png`, fullPage: true })
    }
    await context.close()
  })
}

test("a viewer reports in two taps, the desk sees who did, and the reporter learns what came of it", async ({ browser, page, request }, info) => {
  const text = `这句被观众举报 ${info.retry}`
  const room = await roomOf(request, "举报专场", "after_review")
  const writer = await (await browser.newContext()).newPage()
  const other = await (await browser.newContext()).newPage()
  await enter(writer, room)
  await enter(other, room)
  await say(writer, text)
  const line = other.locator(".line", { hasText: text })
  await line.hover()
  await line.getByRole("button", { name: `举报：${text}` }).click()
  const report = line.getByTestId("report")
  await report.getByRole("button", { name: "引流到站外" }).click()
  await expect(report).toContainText("已收到")
  await other.screenshot({ path: "out/moderation-report.png" })
  await signIn(page)
  await page.goto("/console/moderation")
  await cardOf(page, text)
  await expect(page.getByTestId("reported")).toContainText("引流到站外")
  await expect(page.getByTestId("reported")).toContainText("首次举报")
  await page.screenshot({ path: "out/moderation-reported.png" })
  await page.keyboard.press("5")
  await expect(line).toHaveCount(0)
  await other.reload()
  await say(writer, "下一句")
  const next = other.locator(".line", { hasText: "下一句" })
  await next.hover()
  await next.getByRole("button", { name: /^举报：/ }).click()
  await expect(next.getByTestId("report")).toContainText("举报积分 10")
  await writer.context().close()
  await other.context().close()
})

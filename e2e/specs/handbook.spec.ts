// The handbook is read and acknowledged, an exam is sat over a reload, a policy's text is mapped and a newer one marks what changed.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type Page } from "@playwright/test"
import { appearance, call, signIn } from "./server"

async function isAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze()
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
}

test("a version is read and acknowledged", async ({ page, request }) => {
  const article = { chapter_zh: "互动", place: 1, title_zh: "刷屏", body_zh: "不要**刷屏**。<b>文字</b>", clauses: ["spam"] }
  await call(request, "PUT", "/api/handbook/draft/flooding", { article: { ...article, sources: [`第 ${Date.now()} 次`] } })
  await call(request, "POST", "/api/handbook/versions", { note: "新增刷屏规则" })
  await signIn(page)
  await page.goto("/console/handbook")
  const flooding = page.getByTestId("article-flooding")
  await expect(flooding.locator("b")).toHaveText("刷屏")
  await expect(flooding.getByText("<b>文字</b>")).toBeVisible()
  await page.getByRole("button", { name: "已阅" }).click()
  await expect(page.getByTestId("acknowledged")).toBeVisible()
  await page.reload()
  await expect(page.getByTestId("acknowledged")).toBeVisible()
})

test("an exam goes on after a reload and is passed by keys", async ({ page, request }) => {
  const option = (zh: string) => ({ zh, en: "" })
  for (const n of [1, 2, 3]) {
    const question = { kind: "single", text_zh: `第 ${n} 题`, options: [option("对的"), option("错的"), option("也错")], right: [0], clause: "spam", difficulty: 1 }
    await call(request, "PUT", `/api/handbook/questions/keys-${n}`, { question })
  }
  await call(request, "PUT", "/api/handbook/exams/keys", { exam: { title_zh: "按键考试", questions: 3, quotas: { spam: 3 }, minutes: 30 } })
  await signIn(page)
  await page.goto("/console/handbook?tab=exams")
  await page.getByTestId("exam-keys").getByRole("button", { name: "参加考试" }).click()
  await page.getByRole("button", { name: "开始" }).click()
  const answer = async () => {
    const options = await page.locator(".sit-options button span").allTextContents()
    const kept = page.waitForResponse((response) => response.url().includes("/sitting/answers/") && response.ok())
    await page.keyboard.press(String(options.indexOf("对的") + 1))
    await kept
  }
  await expect(page.getByTestId("place")).toHaveText("1 / 3")
  await answer()
  await page.keyboard.press("Enter")
  await expect(page.getByTestId("place")).toHaveText("2 / 3")
  await page.reload()
  await expect(page.getByTestId("place")).toHaveText("2 / 3")
  await answer()
  await page.keyboard.press("Enter")
  await expect(page.getByTestId("place")).toHaveText("3 / 3")
  await answer()
  await isAccessible(page)
  await page.getByRole("button", { name: "交卷" }).click()
  await expect(page.getByTestId("result").getByText("通过：100%")).toBeVisible()
})

test("a policy becomes articles, which are mapped, and a newer text marks what changed", async ({ page, request }) => {
  await call(request, "DELETE", "/api/handbook/policies/marketing")
  await call(request, "PUT", "/api/handbook/policies/marketing", { policy: { title: "直播营销办法", kind: "law", status: "in_force" } })
  await signIn(page)
  await page.goto("/console/handbook?tab=policies&policy=marketing")
  await page.getByRole("button", { name: "粘贴正文" }).click()
  await page.getByLabel("正文").fill("第一条 不得虚假宣传。\n第二条 自公布之日起施行。")
  await page.getByRole("button", { name: "拆分条文" }).click()
  const first = page.getByTestId("policy-article-1")
  await first.getByRole("button", { name: "对应规则" }).click()
  await first.getByLabel("代码").fill("extremes")
  await first.getByRole("button", { name: "添加" }).click()
  await first.getByRole("button", { name: "保存并标记已核对" }).click()
  await expect(page.getByTestId("coverage")).toHaveText("50%")
  await page.getByRole("button", { name: "粘贴新版正文" }).click()
  await page.getByLabel("正文").fill("第一条 不得虚假或者引人误解的宣传。\n第二条 自公布之日起施行。")
  await page.getByRole("button", { name: "拆分条文" }).click()
  await expect(first.getByText(/核对/)).toBeVisible()
  await isAccessible(page)
  await page.getByRole("button", { name: "返回" }).click()
  await expect(page.getByTestId("board").getByText("直播营销办法")).toBeVisible()
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screens have no accessibility violations and fit, ${language}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    for (const tab of ["read", "exams", "policies", "write", "bank", "results"]) {
      await page.goto(`/console/handbook?tab=${tab}`)
      await expect(page.locator("main .panel").first()).toBeVisible()
      await expect(page.locator("main .skeleton")).toHaveCount(0)
      await isAccessible(page)
      await page.screenshot({ path: `out/handbook-${tab}-${language}.png`, fullPage: true })
    }
    await context.close()
  })
}

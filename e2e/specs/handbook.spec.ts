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

test("a question is written and retired one by one, an exam asks for a quota, and a rule of retraining for the exam", async ({ page, request }) => {
  for (const path of ["retraining-rules/by-screen", "exams/by-screen", "questions/by-screen"]) await call(request, "DELETE", `/api/handbook/${path}`)
  await signIn(page)
  await page.goto("/console/handbook?tab=bank")
  await page.getByRole("button", { name: "新题目" }).click()
  const question = page.getByTestId("question")
  await question.getByLabel("代码").fill("by-screen")
  await question.getByLabel("题目（中文）").fill("直播间可以留微信吗？")
  await question.getByLabel("条款").selectOption("contact")
  await question.getByLabel("选项 1（中文）").fill("可以")
  await question.getByLabel("选项 2（中文）").fill("不可以")
  await question.getByRole("radio", { name: "第 2 项正确" }).check()
  await question.getByRole("button", { name: "保存" }).click()
  const row = page.getByTestId("bank").getByRole("row", { name: /by-screen/ })
  await row.getByRole("button", { name: "停用" }).click()
  await expect(row.getByRole("button", { name: "启用" })).toBeVisible()
  const kept = await call<{ items: { question: { right: number[], retired: boolean } }[] }>(request, "GET", "/api/handbook/questions?q=by-screen")
  expect(kept.items.map(({ question: { right, retired } }) => [right, retired])).toEqual([[[1], true]])

  await page.getByRole("button", { name: "新考试" }).click()
  const exam = page.getByTestId("exam")
  await exam.getByLabel("代码").fill("by-screen")
  await exam.getByLabel("标题（中文）").fill("联系方式复训")
  await exam.getByRole("combobox", { name: "添加条款配额" }).selectOption("contact")
  await expect(page.getByTestId("quotas").getByRole("status")).toContainText("其余 9 题")
  await exam.getByRole("button", { name: "保存" }).click()
  await expect(exam).toHaveCount(0)

  await page.goto("/console/handbook?tab=rules")
  await page.getByRole("button", { name: "新规则" }).click()
  const rule = page.getByTestId("rule")
  await rule.getByLabel("代码").fill("by-screen")
  await rule.getByLabel("触发条件").selectOption("danmaku_rejected")
  await rule.getByLabel("须通过的考试").selectOption("by-screen")
  await isAccessible(page)
  await rule.getByRole("button", { name: "保存" }).click()
  const kind = page.getByTestId("rules").getByRole("row", { name: /by-screen/ })
  await expect(kind).toContainText("直播间弹幕被驳回")
  await expect(kind).toContainText("联系方式复训")
  await kind.getByRole("button", { name: "编辑" }).click()
  await rule.getByRole("button", { name: "删除规则" }).click()
  await page.getByRole("dialog").locator(".ant-btn-primary").click()
  await expect(kind).toHaveCount(0)
  await call(request, "DELETE", "/api/handbook/exams/by-screen")
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
    for (const tab of ["read", "exams", "policies", "write", "bank", "rules", "results"]) {
      await page.goto(`/console/handbook?tab=${tab}`)
      await expect(page.locator("main .panel").first()).toBeVisible()
      await expect(page.locator("main .skeleton")).toHaveCount(0)
      if (tab === "bank") {
        await page.getByTestId("bank").getByRole("button", { name: language === "en" ? "Edit" : "编辑", exact: true }).first().click()
        await expect(page.getByTestId("question")).toBeVisible()
      }
      await isAccessible(page)
      await page.screenshot({ path: `out/handbook-${tab}-${language}.png`, fullPage: true })
    }
    await context.close()
  })
}

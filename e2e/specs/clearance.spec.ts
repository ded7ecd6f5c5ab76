// A show is written and checked as it is typed, handed in, cleared by somebody else, and a draft again after a change.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Page } from "@playwright/test"
import { makeRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

interface Dossier {
  id: string
  version: number
  sha256: string
}

const PDF = { name: "licence.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n") }

async function as(request: APIRequestContext, role: string, name: string): Promise<Record<string, string>> {
  const { token } = await call<{ token: string }>(request, "POST", "/api/tokens", { name, role })
  return { authorization: `Bearer ${token}` }
}

const side = (page: Page) => page.getByTestId("side")

test("an extreme word is found, an exempt one explained; it is changed, handed in, cleared by somebody else, and a change makes a draft", async ({ page, request }) => {
  const room = await makeRoom(request, "备播专场")
  await signIn(page)
  await page.goto("/console/clearance?dossier=new")
  await page.getByRole("combobox", { name: "选择直播间" }).selectOption(room.id)
  await page.getByLabel("场次标题").fill("周五日用专场")
  await page.getByLabel("段落").first().fill("开场")
  const script = page.getByLabel("话术内容")
  await script.fill("😀这款面霜是全网第一，最佳使用时间是晚上")
  const error = side(page).locator("[data-level=error]")
  await expect(error).toContainText("全网第一")
  await expect(error).toContainText("广告法第9条第(三)项")
  const note = side(page).locator("[data-code=exempt]")
  await expect(note).toContainText("最佳")
  await expect(note).toContainText("《广告绝对化用语执法指南》第六条")
  await expect(page.getByTestId("found-in").locator("mark")).toHaveText("全网第一")
  // A click leads to the words.
  await error.getByRole("button").click()
  expect(await script.evaluate((field: HTMLTextAreaElement) => field.value.slice(field.selectionStart, field.selectionEnd))).toBe("全网第一")

  await script.fill("这款收纳盒很多人喜欢，最佳使用时间是晚上")
  await expect(error).toHaveCount(0)
  await page.getByRole("button", { name: "添加商品" }).click()
  await page.getByLabel("商品名称").fill("收纳盒")
  await page.getByLabel("类目").selectOption("general")
  await expect(error).toContainText("缺少营业执照")
  await page.getByRole("button", { name: "添加资质文件" }).click()
  const form = page.getByRole("form", { name: "添加资质文件" })
  await form.getByLabel("编号").fill("91110000")
  await form.getByLabel("持有人").fill("开播日用有限公司")
  await form.getByLabel(/^文件/).setInputFiles(PDF)
  await form.getByRole("button", { name: "上传" }).click()
  await expect(page.getByRole("checkbox", { name: "营业执照 91110000" })).toBeChecked()
  await expect(error).toHaveCount(0)
  await page.getByRole("button", { name: "保存" }).click()
  await expect(page.getByTestId("dossier")).toContainText("版本 1")
  await page.getByRole("button", { name: "送审" }).click()
  await expect(page.locator("[data-state=submitted]").first()).toBeVisible()
  await expect(page.getByTestId("dossier")).toContainText("须由其他人审核和签字")

  const id = new URL(page.url()).searchParams.get("dossier") ?? ""
  const headers = await as(request, "senior_moderator", `复核 ${id}`)
  const seen = (await (await request.get(`/api/moderation/dossiers/${id}`, { headers })).json()) as Dossier
  const cleared = await request.post(`/api/moderation/dossiers/${id}/clear`, { headers, data: { version: seen.version, sha256: seen.sha256 } })
  expect(cleared.ok(), await cleared.text()).toBe(true)
  await page.reload()
  await expect(page.locator("[data-state=cleared]").first()).toBeVisible()

  await script.fill("这款收纳盒很多人喜欢")
  await page.getByRole("button", { name: "保存" }).click()
  await expect(page.locator("[data-state=draft]").first()).toBeVisible()
  await expect(page.getByTestId("changes")).toContainText("与已放行版本 1 相比")
  await expect(page.getByTestId("changes").locator("ins")).toHaveText("这款收纳盒很多人喜欢")
})

/** A dossier that somebody else wrote and handed in. */
async function waiting(request: APIRequestContext): Promise<string> {
  const room = await makeRoom(request, "健康专场")
  const headers = await as(request, "operator", `编写 ${room.id}`)
  const content = {
    title: "周末健康专场", planned_at_ms: Date.now() + 3_600_000, sections: [{ name: "开场", text: "根治脚气，欢迎加微♥信。最佳使用时间是饭后。" }],
    items: [{ name: "护膝", category: "medical_device", claims: "全网第一", documents: [] }],
  }
  const made = await request.post("/api/moderation/dossiers", { headers, data: { room: room.id, content } })
  expect(made.ok(), await made.text()).toBe(true)
  const dossier = (await made.json()) as Dossier
  const submitted = await request.post(`/api/moderation/dossiers/${dossier.id}/submit`, { headers, data: { version: 1 } })
  expect(submitted.ok(), await submitted.text()).toBe(true)
  return dossier.id
}

test("a reviewer notes what to change, and returns it", async ({ page, request }) => {
  const id = await waiting(request)
  await signIn(page)
  await page.goto(`/console/clearance?dossier=${id}`)
  const review = page.getByTestId("review")
  await expect(review.getByRole("button", { name: "放行" })).toBeDisabled()
  await expect(review).toContainText("医药专业人员签字")
  await review.getByLabel("对““全网第一””的修改意见").fill("换一个说法")
  await review.getByRole("button", { name: "退回" }).click()
  await expect(page.locator("[data-state=returned]").first()).toBeVisible()
  await expect(page.getByTestId("history")).toContainText("换一个说法")
})

test("a professional is noted with the registration, and struck", async ({ page }) => {
  const login = `yaoshi.${Date.now()}`
  await signIn(page)
  await page.goto("/console/clearance?tab=professionals")
  const form = page.getByRole("form", { name: "登记专业人员" })
  await form.getByLabel("账号").fill(login)
  await form.getByRole("combobox").selectOption("financial")
  await form.getByLabel("执业证书编号").fill("110000000000000")
  await form.getByRole("button", { name: "登记" }).click()
  const row = page.getByTestId("professionals").getByRole("row", { name: login })
  await expect(row).toContainText("金融专业人员")
  await expect(row).toContainText("110000000000000")
  await row.getByRole("button", { name: "注销" }).click()
  await page.getByRole("dialog").locator(".ant-btn-primary").click()
  await expect(row).toHaveCount(0)
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screens have no accessibility violations and fit, ${language}`, async ({ browser, request }) => {
    const id = await waiting(request)
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    for (const [name, path] of [["list", "/console/clearance"], ["review", `/console/clearance?dossier=${id}`], ["papers", "/console/clearance?tab=papers"], ["professionals", "/console/clearance?tab=professionals"]] as const) {
      await page.goto(path)
      await expect(page.getByTestId(name === "list" ? "dossiers" : name)).toBeVisible()
      await page.waitForLoadState("networkidle")
      const found = await new AxeBuilder({ page }).analyze()
      expect.soft(found.violations.map((one) => `${name} ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0)
      await page.screenshot({ path: `out/clearance-${name}-${language}.png`, fullPage: true })
    }
    await context.close()
  })
}

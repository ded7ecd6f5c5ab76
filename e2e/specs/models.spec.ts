// A model comes as a version, is put in force and rolled back by a person, is measured on texts, and a room is stricter than the rest.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Page } from "@playwright/test"
import { makeRoom } from "./encoder"
import { appearance, call, server, signIn } from "./server"

/** A model that gives every text the same probability: no weights, only a bias. */
function model(probability: number): Buffer {
  const head = Buffer.from("kaibo-text-1\n")
  const numbers = Buffer.alloc(7 * 4)
  const of = [0.5, 1, Math.log(probability / (1 - probability)), 1, 0, 1, 0]
  of.forEach((number, at) => numbers.writeFloatLE(number, at * 4))
  return Buffer.concat([head, numbers, Buffer.alloc(2 * 2 ** 18)])
}

interface Version {
  id: string
  number: number
  state: string
}

/** Of a category of its own, which holds in no room but ours. */
async function rules(request: APIRequestContext): Promise<void> {
  const now = await call<{ thresholds: { category: string }[] }>(request, "GET", "/api/moderation/model-rules")
  const thresholds = [...now.thresholds.filter((one) => one.category !== "privacy"), { category: "privacy", alarm_milli: 1000, hold_milli: 1000 }]
  await call(request, "PUT", "/api/moderation/model-rules", { ...now, thresholds, sample_micro: 0 })
}

async function upload(request: APIRequestContext, probability: number): Promise<Version> {
  const answer = await request.post("/api/moderation/models?category=privacy", {
    headers: { authorization: `Bearer ${server.token()}`, "content-type": "application/octet-stream" }, data: model(probability),
  })
  expect(answer.ok(), await answer.text()).toBe(true)
  return await answer.json() as Version
}

/** Whatever is in force or in shadow of that category counts no more. */
async function retireAll(request: APIRequestContext): Promise<void> {
  const all = await call<{ items: Version[] }>(request, "GET", "/api/moderation/models?limit=100")
  for (const { id } of all.items.filter(({ state }) => state === "in_force" || state === "shadow")) await call(request, "POST", `/api/moderation/models/${id}/retire`, {})
}

const row = (page: Page, number: number) => page.getByTestId("models").getByRole("row").filter({ has: page.locator("td:first-child", { hasText: new RegExp(`^${number}$`) }) })

test.afterEach(async ({ request }) => { await retireAll(request) })

test("a version is brought, put in force and rolled back, and its room holds what it says", async ({ browser, page, request }) => {
  await rules(request)
  const room = await makeRoom(request, "模型专场")
  await call(request, "PUT", `/api/rooms/${room.id}/model-rules`, { thresholds: [{ category: "privacy", alarm_milli: 500, hold_milli: 900 }] })
  const former = await upload(request, 0.02)
  await call(request, "POST", `/api/moderation/models/${former.id}/force`)
  await signIn(page)
  await page.goto("/console/moderation?tab=models")
  await expect(row(page, former.number)).toContainText("生效中")

  await page.getByTestId("models").getByRole("button", { name: "上传模型" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("类别").selectOption("privacy")
  await dialog.getByLabel("模型文件").setInputFiles({ name: "model.bin", mimeType: "application/octet-stream", buffer: Buffer.from("no model") })
  await dialog.locator(".ant-btn-primary").click()
  await expect(dialog.getByRole("alert")).toContainText("不是可用的模型文件")
  await dialog.getByLabel("模型文件").setInputFiles({ name: "model.bin", mimeType: "application/octet-stream", buffer: model(0.97) })
  await dialog.locator(".ant-btn-primary").click()
  await expect(dialog).toBeHidden()
  const number = former.number + 1
  await expect(row(page, number)).toContainText("待用")

  await row(page, number).getByRole("button", { name: "详情" }).click()
  const detail = page.getByTestId("version")
  await detail.locator("input[type=file]").setInputFiles({ name: "texts.tsv", mimeType: "text/plain", buffer: Buffer.from("1\t他住在三号楼\n1\t电话是多少\n0\t主播好看\n0\t来了\n") })
  await expect(detail).toContainText("随附文本 4 条")
  await expect(row(page, number)).toContainText("50.0 (")

  await row(page, number).getByRole("button", { name: "生效" }).click()
  await expect(dialog).toContainText(`让版本 ${number} 生效？`)
  await dialog.locator(".ant-btn-dangerous").click()
  await expect(row(page, number)).toContainText("生效中")
  await expect(row(page, former.number)).toContainText("已停用")
  const writer = await (await browser.newContext()).newPage()
  const say = async (text: string) => {
    await writer.locator(".composer input").fill(text)
    await writer.locator(".composer .send").click()
  }
  await writer.goto(`/r/${room.id}`)
  await say("这句先由人看")
  await expect(writer.locator(".line", { hasText: "这句先由人看" })).toContainText("审核中")

  await row(page, number).getByRole("button", { name: "回滚" }).click()
  await dialog.locator(".ant-btn-dangerous").click()
  await expect(row(page, number)).toContainText("已停用")
  await expect(row(page, former.number)).toContainText("生效中")
  await say("这句直接显示")
  // The writer's own line and the one that comes back become one.
  const shown = writer.locator(".line", { hasText: "这句直接显示" })
  await expect(writer.locator(".line[data-delivery=sent]", { hasText: "这句直接显示" })).toBeVisible()
  await expect(shown).toHaveCount(1)
  await expect(shown).not.toContainText("审核中")

  const form = page.getByTestId("rules")
  await form.getByRole("spinbutton", { name: "不限类别: 提醒阈值" }).fill("650")
  await form.getByRole("button", { name: /保\s*存/ }).click()
  await expect(form.getByRole("button", { name: /保\s*存/ })).toBeDisabled()
  await page.reload()
  await expect(form.getByRole("spinbutton", { name: "不限类别: 提醒阈值" })).toHaveValue("650")
  const own = page.getByTestId("room-rules")
  await own.getByRole("combobox", { name: "选择直播间" }).selectOption(room.id)
  const held = own.getByRole("spinbutton", { name: /先审阈值/ })
  await expect(held).toHaveValue("900")
  await held.fill("800")
  await own.getByRole("button", { name: /保\s*存/ }).click()
  await expect.poll(async () => (await call<{ thresholds: { hold_milli: number }[] }>(request, "GET", `/api/rooms/${room.id}/model-rules`)).thresholds.map((one) => one.hold_milli)).toEqual([800])
  await writer.context().close()
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screen has no accessibility violations and fits, ${language}`, async ({ browser, request }) => {
    await rules(request)
    const version = await upload(request, 0.4)
    const texts = Array.from({ length: 40 }, (_, at) => `${at % 3 === 0 ? 1 : 0}\t第${at}句`).join("\n")
    const brought = await request.put(`/api/moderation/models/${version.id}/texts`, { headers: { authorization: `Bearer ${server.token()}`, "content-type": "text/plain" }, data: texts })
    expect(brought.ok()).toBe(true)
    const other = await upload(request, 0.6)
    await call(request, "POST", `/api/moderation/models/${other.id}/force`)
    await call(request, "POST", `/api/moderation/models/${version.id}/shadow`)
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    await page.goto("/console/moderation?tab=models")
    await row(page, version.number).getByRole("button", { name: language === "en" ? "Details" : "详情" }).click()
    const detail = page.getByTestId("version")
    await detail.getByRole("button", { name: language === "en" ? "Compare with the one in force" : "与生效版本对比" }).click()
    await expect(page.getByTestId("comparison")).toBeVisible()
    await expect(page.getByTestId("outcomes")).toBeVisible()
    await page.waitForLoadState("networkidle")
    const found = await new AxeBuilder({ page }).analyze()
    expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.getByTestId("room-rules").getByRole("combobox").first().selectOption({ index: 1 })
    await expect(page.getByTestId("room-rules").locator("form")).toBeVisible()
    await page.screenshot({ path: `out/models-${language}.png`, fullPage: true })
    await context.close()
  })
}

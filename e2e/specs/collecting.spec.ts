// Event sources: made with a key shown once, watched live, planned, quarantined and replayed; in both languages and on a phone.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Page } from "@playwright/test"
import { appearance, call, signIn } from "./server"

// What fades is not read in the middle of it.
test.use({ contextOptions: { reducedMotion: "reduce" } })

interface Made {
  id: string
  write_key: string
}

async function send(request: APIRequestContext, key: string, batch: unknown[]) {
  const answer = await request.post("/v1/batch", { data: { writeKey: key, batch } })
  expect(answer.ok(), await answer.text()).toBe(true)
}

async function accessible(page: Page, what: string) {
  await page.waitForTimeout(300)
  const found = await new AxeBuilder({ page }).analyze()
  const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)
  expect.soft(told, what).toEqual([])
}

// An id counts once, whoever sends it.
const run = Date.now()
const paid = (price: unknown, id: string) => ({ type: "track", event: "OrderPaid", messageId: `${id}-${run}`, userId: "u-1", properties: { price, pay: "wechat" } })

test("a source is made, watched, planned, and what it sent wrongly is taken after all", async ({ page, request }) => {
  test.setTimeout(240_000)
  const name = `商城 ${Date.now()}`
  await signIn(page)
  await page.goto("/console/collect")
  await page.getByRole("button", { name: "新建采集源" }).click()
  const form = page.getByRole("dialog")
  await form.getByLabel("名称").fill(name)
  await form.getByLabel("接入方式").click()
  await page.getByTitle("Segment / RudderStack", { exact: true }).click()
  await form.getByRole("button", { name: /创\s*建/ }).click()
  const shown = page.getByRole("dialog").filter({ hasText: "只显示这一次" })
  const key = await shown.locator("code").first().innerText()
  expect(key).toMatch(/^kbw_/)
  await expect(shown.locator("code.lines")).toContainText(key)
  await shown.getByLabel("客户端").click()
  for (const client of ["HTTP", "Segment JS", "Segment Node", "Segment Python", "RudderStack", "PostHog", "Sensors 神策", "CloudEvents", "GA4"]) {
    await expect(page.getByTitle(client, { exact: true }).first()).toBeAttached()
  }
  await page.getByTitle("Segment Python", { exact: true }).click()
  await expect(shown.locator("code.lines")).toContainText("import segment.analytics")
  await accessible(page, "key")
  await shown.getByRole("button", { name: "我已保存" }).click()

  await page.getByRole("row", { name: new RegExp(name) }).getByRole("button", { name: `查看 ${name}` }).click()
  await expect(page.getByText("等待事件")).toBeVisible()
  await expect(page.locator(".live-bar .pill")).toHaveText("实时")
  await send(request, key, [paid(19.9, "a"), { type: "track", event: "PageSeen", anonymousId: "anon", properties: { path: "/" } }, 7])
  const rows = page.locator(".live-list > li")
  await expect(rows).toHaveCount(3)
  await expect(rows.filter({ hasText: "被拒" })).toContainText("无法识别")
  await page.getByLabel("事件名").fill("orderpaid")
  await expect(rows).toHaveCount(1)
  await rows.first().locator("summary").press("Enter")
  await expect(rows.first().locator("pre").first()).toContainText('"price": 19.9')
  await page.getByLabel("事件名").fill("")
  await page.getByLabel("用户").fill("anon")
  await expect(rows).toHaveCount(1)
  await page.getByLabel("用户").fill("")
  await page.getByRole("button", { name: "暂停" }).click()
  await send(request, key, [paid(19.9, "a")])
  await expect(page.getByText("暂停期间又到了 1 条")).toBeVisible()
  await expect(rows).toHaveCount(3)
  await page.getByRole("button", { name: "继续" }).click()
  await expect(rows.first()).toContainText("重复")
  await accessible(page, "live")

  await page.getByText("埋点方案", { exact: true }).click()
  await page.getByRole("button", { name: "从已到事件生成" }).click()
  const event = page.getByRole("region", { name: "事件 OrderPaid" })
  await expect(event.getByLabel("类型 price")).toHaveValue("number")
  await expect(event.getByRole("checkbox", { name: "必填 price" })).toBeChecked()
  await event.getByLabel("允许的值 pay").fill("wechat, alipay")
  await event.getByLabel("允许的值 pay").press("Enter")
  await page.getByLabel("方案模式").getByText("强制").click()
  await page.locator(".plan-save").getByRole("button", { name: /保\s*存/ }).click()
  await expect(page.locator(".plan-save")).toHaveCount(0)
  await page.reload()
  await expect(event.getByLabel("允许的值 pay")).toHaveValue("wechat, alipay")
  const download = page.waitForEvent("download")
  await page.getByRole("button", { name: "导出 JSON" }).click()
  const file = await (await download).path()
  await page.locator("input[type=file]").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("[]") })
  await expect(page.getByText("这个文件不是埋点方案")).toBeVisible()
  await page.locator("input[type=file]").setInputFiles(file)
  await expect(page.locator(".plan-save")).toBeVisible()
  await accessible(page, "plan")
  await page.locator(".plan-save").getByRole("button", { name: /取\s*消/ }).click()

  await send(request, key, [paid("free", "b"), { type: "track", event: "Unplanned", messageId: `c-${run}` }])
  await page.getByText("隔离区", { exact: true }).click()
  const kept = page.getByRole("region", { name: "隔离区" }).locator("tbody tr")
  await expect(kept).toHaveCount(3)
  await accessible(page, "quarantine")
  await kept.filter({ hasText: "`price` is no number" }).getByRole("button", { name: "处理" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("button", { name: /重\s*放/ }).click()
  await expect(dialog.getByRole("alert")).toContainText("仍不符合方案")
  await dialog.getByLabel("内容（JSON）").fill("7")
  await expect(dialog.getByText("不是一个 JSON 对象")).toBeVisible()
  await dialog.getByLabel("内容（JSON）").fill(JSON.stringify(paid(29.9, "b")))
  await dialog.getByRole("button", { name: "保存并重放" }).click()
  await expect(kept.filter({ hasText: "已重放" })).toHaveCount(1)
  await page.getByLabel("只看未处理").check()
  await expect(kept).toHaveCount(2)
  await page.getByLabel("原因", { exact: true }).selectOption("plan_violation")
  await expect(kept).toHaveCount(1)
  await page.getByRole("button", { name: "重放这些" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "重放这些" }).click()
  await expect(page.getByText("接收 0 条，重复 0 条，仍被拒 1 条")).toBeVisible()
  await page.getByRole("button", { name: "清空这些" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "清空这些" }).click()
  await expect(page.getByText("没有符合条件的内容")).toBeVisible()

  await page.getByRole("button", { name: "全部采集源" }).click()
  const row = page.getByRole("row", { name: new RegExp(name) })
  await row.getByRole("button", { name: `更多操作 ${name}` }).click()
  await page.getByRole("menuitem", { name: "轮换密钥" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "轮换密钥" }).click()
  const rotated = page.getByRole("dialog").filter({ hasText: "只显示这一次" })
  const second = await rotated.locator("code").first().innerText()
  await rotated.getByRole("button", { name: "我已保存" }).click()
  await expect(row).toContainText("双密钥")
  for (const [one, id] of [[key, "d"], [second, "e"]] as const) await send(request, one, [paid(1, id)])
  await row.getByRole("button", { name: `更多操作 ${name}` }).click()
  await page.getByRole("menuitem", { name: "暂停接收" }).click()
  await expect(row).toContainText("已暂停")
  expect((await request.post("/v1/batch", { data: { writeKey: second, batch: [paid(1, "f")] } })).status()).toBe(403)
  await row.getByRole("button", { name: `更多操作 ${name}` }).click()
  await page.getByRole("menuitem", { name: "删除" }).click()
  await page.getByRole("dialog").getByRole("button", { name: /删\s*除/ }).click()
  await expect(row).toHaveCount(0)
})

for (const [language, theme] of [["zh-CN", "light"], ["en", "dark"]] as const) {
  test(`on a phone, ${language}`, async ({ browser, request }) => {
    test.setTimeout(120_000)
    const plan = { mode: "enforce", events: { OrderPaid: { properties: { price: { type: "number", required: true, allowed: [1, 2] }, pay: { type: "string" } } } } }
    const made = await call<Made>(request, "POST", "/api/collect/sources", { name: "official website 官网", kind: "posthog", plan })
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    await page.goto("/console/collect")
    await page.getByRole("button", { name: "official website 官网" }).first().waitFor()
    await accessible(page, "list")
    await page.screenshot({ path: `out/collect-list-${language}.png`, fullPage: true })
    for (const tab of ["live", "plan", "quarantine", "connect"]) {
      await page.goto(`/console/collect?source=${made.id}&tab=${tab}`)
      await page.locator("h1").waitFor()
      if (tab === "live") {
        await expect(page.locator(".live-bar .pill.live")).toBeVisible()
        await send(request, made.write_key, [paid(1, crypto.randomUUID()), paid("x", crypto.randomUUID())])
        await expect(page.locator(".live-list > li")).toHaveCount(2)
        await page.locator(".live-list summary").first().click()
      }
      await accessible(page, tab)
      const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect.soft(wide, `${tab} fits the phone`).toBeLessThanOrEqual(view ?? 0)
      await page.screenshot({ path: `out/collect-${tab}-${language}.png`, fullPage: true })
    }
    await call(request, "DELETE", `/api/collect/sources/${made.id}`)
    await context.close()
  })
}

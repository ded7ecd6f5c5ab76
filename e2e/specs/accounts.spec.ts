// Staff: invited, joined, with a second factor, disabled; regions and teams; tokens; and what the audit log says of it.
import { createHmac } from "node:crypto"
import { expect, test, type Page } from "@playwright/test"
import { call, signIn } from "./server"

const PASSWORD = "a password of their own"

/** What an authenticator app shows (RFC 6238). */
function codeOf(secret: string, at = Date.now()): string {
  const bits = [...secret].map((digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit).toString(2).padStart(5, "0")).join("")
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac("sha1", key).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0")
}

async function enter(page: Page, login: string, code?: string) {
  await page.goto("/console/sign-in")
  await page.locator("input[autocomplete=username]").fill(login)
  await page.locator("input[autocomplete=current-password]").fill(PASSWORD)
  await page.locator("button[type=submit]").click()
  if (code !== undefined) {
    await expect(page.getByText("请输入验证器应用里的 6 位验证码")).toBeVisible()
    await page.locator("input[autocomplete=one-time-code]").fill(code)
    await page.locator("button[type=submit]").click()
  }
}

test("somebody is invited, joins, sets up a second factor, and is disabled", async ({ page, browser }) => {
  test.slow()
  const login = `e2e.${Date.now()}`
  await signIn(page)
  await page.goto("/console/staff")
  await page.getByRole("button", { name: "邀请员工" }).click()
  const form = page.getByRole("dialog")
  await form.getByLabel("姓名").fill("李想")
  await form.getByLabel("账号").fill(login)
  await form.getByLabel("角色").click()
  await page.getByTitle("运营", { exact: true }).click()
  await form.getByLabel("可见范围").click()
  await page.locator(".ant-select-item-option").filter({ hasText: "默认团队" }).first().click()
  await form.getByRole("button", { name: "生成邀请链接" }).click()
  const shown = page.getByRole("dialog").filter({ hasText: "只显示这一次" })
  const link = await shown.locator("code").innerText()
  expect(link).toContain("/console/join#kbi_")
  await shown.getByRole("button", { name: "我已发出" }).click()
  const row = page.getByRole("row").filter({ hasText: login })
  await expect(row).toContainText("已邀请")

  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const theirs = await context.newPage()
  await theirs.goto(link)
  await expect(theirs.getByLabel("账号")).toHaveValue(login)
  for (const field of await theirs.locator("input[autocomplete=new-password]").all()) await field.fill(PASSWORD)
  await theirs.getByRole("button", { name: "加入" }).click()
  await expect(theirs.getByRole("heading", { name: "设置好了" })).toBeVisible()
  await theirs.goto("/console/sign-in")
  await theirs.goto(link)
  await expect(theirs.getByRole("alert")).toContainText("链接已失效")

  await enter(theirs, login)
  await theirs.waitForURL(/\/console\/rooms/)
  await expect(theirs.getByRole("link", { name: "员工" })).toHaveCount(0)
  await theirs.goto("/console/account")
  await theirs.getByRole("button", { name: "开启二次验证" }).click()
  await theirs.getByRole("dialog").getByLabel("密码").fill(PASSWORD)
  await theirs.getByRole("button", { name: "继续" }).click()
  const scan = theirs.getByRole("dialog").filter({ hasText: "扫描二维码" })
  await expect(scan.locator("svg").first()).toBeVisible()
  const secret = await scan.locator("code").innerText()
  const first = codeOf(secret)
  await scan.getByLabel("验证码").fill(first)
  await scan.getByRole("button", { name: "确认" }).click()
  const papers = theirs.getByRole("dialog").filter({ hasText: "恢复码" })
  await expect(papers.getByRole("listitem")).toHaveCount(10)
  const paper = await papers.getByRole("listitem").first().innerText()
  await papers.getByRole("button", { name: "我已保存" }).click()
  await expect(theirs.getByText("还剩 10 个恢复码。")).toBeVisible()

  // The code that set it up was used; one on paper lets in.
  await context.clearCookies()
  await enter(theirs, login, first)
  await expect(theirs.getByRole("alert")).toContainText("验证码不对，或已经用过")
  await theirs.locator("input[autocomplete=one-time-code]").fill(paper)
  await theirs.locator("button[type=submit]").click()
  await theirs.waitForURL(/\/console\/rooms/)

  await page.reload()
  await expect(row).toContainText("已开启")
  await row.getByRole("button", { name: /更多操作/ }).click()
  await page.getByRole("menuitem", { name: "停用" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "停用" }).click()
  await expect(row).toContainText("已停用")
  await theirs.goto("/console/rooms")
  await theirs.waitForURL(/\/console\/sign-in/)
  await context.close()

  await page.goto("/console/audit-log")
  await expect(page.getByRole("row").filter({ hasText: "停用员工" }).first()).toBeVisible()
  await page.getByRole("row").filter({ hasText: "停用员工" }).first().getByRole("button", { name: /详情/ }).click()
  const details = page.getByRole("dialog")
  await expect(details).toContainText('"disabled": true')
  await expect(details).not.toContainText("李想")
})

test("regions and teams are made and moved, and a role is told to need a second factor", async ({ page, request }) => {
  const [region, team] = [`华东 ${Date.now()}`, `一组 ${Date.now()}`]
  await signIn(page)
  await page.goto("/console/staff?tab=teams")
  await page.getByRole("button", { name: "新建大区" }).click()
  await page.getByRole("dialog").getByLabel("名称").fill(region)
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click()
  const made = page.locator("section").filter({ has: page.getByRole("heading", { name: region }) })
  await made.getByRole("button", { name: "新建小组" }).click()
  await page.getByRole("dialog").getByLabel("名称").fill(team)
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click()
  await expect(made.getByText(team)).toBeVisible()
  await page.getByLabel(`${team} 所属大区`).click()
  await page.locator(".ant-select-item-option").filter({ hasText: "总部直属" }).click()
  const beside = page.locator("section").filter({ has: page.getByRole("heading", { name: "总部直属小组" }) })
  await expect(beside.getByText(team)).toBeVisible()

  await page.goto("/console/staff?tab=security")
  await page.getByRole("switch", { name: /数据分析/ }).click()
  await expect(page.getByRole("switch", { name: /数据分析/ })).toBeChecked()
  const security = await call<{ second_factor_roles: string[] }>(request, "GET", "/api/security")
  expect(security.second_factor_roles).toEqual(["analyst"])
  await page.getByRole("switch", { name: /数据分析/ }).click()
  await expect(page.getByRole("switch", { name: /数据分析/ })).not.toBeChecked()
})

test("a token is made, shown once and revoked; sessions are seen and ended", async ({ page, browser }) => {
  const name = `wall ${Date.now()}`
  await signIn(page)
  await page.goto("/console/tokens")
  await page.getByRole("button", { name: "创建令牌" }).click()
  const form = page.getByRole("dialog")
  await form.getByLabel("用途").fill(name)
  await form.getByLabel("角色").click()
  await page.getByTitle("数据分析", { exact: true }).click()
  await form.getByRole("button", { name: "创建", exact: true }).click()
  const shown = page.getByRole("dialog").filter({ hasText: "只显示这一次" })
  const token = await shown.locator("code").innerText()
  await shown.getByRole("button", { name: "我已保存" }).click()
  const bearer = { headers: { authorization: `Bearer ${token}` } }
  const outside = await browser.newContext()
  expect((await outside.request.get("/api/me", bearer)).status()).toBe(200)
  await page.getByRole("button", { name: `吊销 ${name}` }).click()
  await page.getByRole("dialog").getByRole("button", { name: "吊销" }).click()
  await expect(page.getByRole("row").filter({ hasText: name })).toHaveCount(0)
  expect((await outside.request.get("/api/me", bearer)).status()).toBe(401)

  const other = await outside.newPage()
  await signIn(other)
  await page.goto("/console/account")
  await page.getByRole("button", { name: "退出其他设备" }).click()
  await expect(page.getByRole("list", { name: "登录会话" }).getByRole("listitem")).toHaveCount(1)
  await other.goto("/console/rooms")
  await other.waitForURL(/\/console\/sign-in/)
  await outside.close()
})

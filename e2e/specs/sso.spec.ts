// Single sign-on by a provider of other people (`oidc-provider`, pinned in tools/oidc): set up on the screen, tested, used on a phone in English.
import { execFileSync, spawn, type ChildProcess } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { join, resolve } from "node:path"
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type Page } from "@playwright/test"
import { appearance, call, signIn } from "./server"

const TOOLS = resolve(import.meta.dirname, "../../tools/oidc")
const FOLDER = join(process.env["KAIBO_CACHE"] ?? join(homedir(), ".cache/kaibo"), "oidc")
const NAME = `公司账号 ${Date.now()}`

function installed(): string | null {
  try {
    mkdirSync(FOLDER, { recursive: true })
    for (const file of ["package.json", "provider.mjs"]) copyFileSync(join(TOOLS, file), join(FOLDER, file))
    if (!existsSync(join(FOLDER, "node_modules/oidc-provider"))) execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: FOLDER, timeout: 100_000 })
    return null
  } catch (error) {
    return `SKIPPED: the provider cannot be installed: ${String(error)}`
  }
}

let judge: ChildProcess | undefined
let issuer = ""

test.beforeAll(async () => {
  const missing = installed()
  test.skip(missing !== null, missing ?? "")
  const started = spawn("node", ["provider.mjs", `${process.env["KAIBO_URL"] ?? ""}/console/sso`, "ES256"], { cwd: FOLDER })
  judge = started
  issuer = await new Promise<string>((said) => { started.stdout.once("data", (line: Buffer) => { said(line.toString().trim()) }) })
})

test.afterAll(() => {
  judge?.kill()
})

async function accessible(page: Page, what: string) {
  const found = await new AxeBuilder({ page }).analyze()
  expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`), what).toEqual([])
}

test("an administrator adds a provider, and who was invited comes in by it", async ({ page, browser, request }) => {
  test.slow()
  await signIn(page)
  await page.goto("/console/single-sign-on")
  await page.getByRole("button", { name: "添加身份提供方" }).click()
  const form = page.getByRole("dialog")
  await form.getByLabel("名称").fill(NAME)
  await form.getByLabel("颁发者（Issuer）").fill(issuer)
  await form.getByLabel("客户端 ID").fill("kaibo")
  await form.getByLabel("客户端密钥").fill("wrong")
  await form.getByRole("button", { name: "保存" }).click()
  await expect(form.getByRole("alert")).toContainText("允许内网地址")
  await form.getByLabel("允许内网地址").click()
  await accessible(page, "the form")
  await form.getByRole("button", { name: "保存" }).click()
  await expect(form).toHaveCount(0)
  const card = page.getByRole("region", { name: NAME })
  await card.getByRole("button", { name: "测试连接" }).click()
  await expect(card.getByRole("status")).toContainText("不认识客户端 ID，或密钥不对")
  await card.getByRole("button", { name: "编辑" }).click()
  await expect(form.getByLabel("颁发者（Issuer）")).toBeDisabled()
  await form.getByLabel("客户端密钥").fill("a secret/with+signs=")
  await form.getByRole("button", { name: "保存" }).click()
  await expect(form).toHaveCount(0)
  await card.getByRole("button", { name: "测试连接" }).click()
  await expect(card.getByText("正常")).toHaveCount(3)
  await accessible(page, "the providers")
  await page.screenshot({ path: "out/sso-providers.png", fullPage: true })

  const login = `zhang.${Date.now()}`
  const { member } = await call<{ member: { id: string } }>(request, "POST", "/api/staff", { login, name: "张三", role: "operator", email: "zhang.san@example.com", sso_only: true })
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  await appearance(context, "dark", "en")
  const phone = await context.newPage()
  await phone.goto("/console/sso?state=made-up&code=nothing")
  await expect(phone.getByRole("alert")).toContainText("begun in another browser")
  await accessible(phone, "not signed in")
  await phone.getByRole("link", { name: "Back to sign-in" }).click()
  const door = phone.getByRole("button", { name: `Sign in with ${NAME}` })
  await door.waitFor()
  await accessible(phone, "the sign-in page")
  await phone.screenshot({ path: "out/sso-sign-in.png", fullPage: true })
  await door.click()
  await phone.getByRole("button", { name: "我是张三" }).click()
  await phone.waitForURL(/\/console\/rooms/)
  await phone.goto("/console/account")
  await expect(phone.getByText("zhang.san@example.com")).toBeVisible()
  await accessible(phone, "the account")
  await phone.screenshot({ path: "out/sso-account.png", fullPage: true })

  await page.goto("/console/single-sign-on")
  await page.setViewportSize({ width: 390, height: 844 })
  await card.getByRole("button", { name: "编辑" }).click()
  await form.getByRole("button", { name: "添加用户组对应" }).click()
  await page.waitForTimeout(500)
  await page.screenshot({ path: "out/sso-form.png" })
  await form.getByRole("button", { name: "取消" }).click()
  await card.getByRole("button", { name: "移除" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "移除" }).click()
  await expect(card).toHaveCount(0)
  await phone.reload()
  await phone.waitForURL(/\/console\/sign-in/)
  await call(request, "PATCH", `/api/staff/${member.id}`, { disabled: true, email: "" })
  await context.close()
})

// A host is entered, verified by a colleague and kept away; what is in the way stops a real push, the screen says why, and then it does not.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Browser, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

const PASSWORD = "a password of their own"
const NUMBER = "11010519491231002X"

/** Somebody of a role who joined by the link, signed in. */
async function colleague(browser: Browser, request: APIRequestContext, role: string): Promise<Page> {
  const login = `e2e.standing.${Date.now()}`
  const { link } = await call<{ link: { path: string } }>(request, "POST", "/api/staff", { login, name: "王核", role })
  const page = await (await browser.newContext()).newPage()
  await page.goto(link.path)
  await expect(page.getByLabel("账号")).toHaveValue(login)
  for (const field of await page.locator("input[autocomplete=new-password]").all()) await field.fill(PASSWORD)
  await page.getByRole("button", { name: "加入" }).click()
  await expect(page.getByRole("heading", { name: "设置好了" })).toBeVisible()
  await page.goto("/console/sign-in")
  await page.locator("input[autocomplete=username]").fill(login)
  await page.locator("input[autocomplete=current-password]").fill(PASSWORD)
  await page.locator("button[type=submit]").click()
  await page.waitForURL(/\/console\/(rooms|live|moderation)/)
  return page
}

/** The organisation of the other specs stays as it was. */
const say = (request: APIRequestContext, action: string) =>
  call(request, "PUT", "/api/admission/settings", { obstacles: [{ obstacle: "no_real_name", action }] })

test("who is not verified does not go on air, and then does", async ({ page, browser, request }) => {
  test.setTimeout(240_000)
  const room = await makeRoom(request, "准入专场")
  await signIn(page)
  await page.goto("/console/standing")
  await page.getByRole("button", { name: "登记主播" }).click()
  const form = page.getByRole("dialog")
  await form.getByLabel("艺名").fill("小鱼")
  await form.getByRole("combobox").click()
  await page.locator(".ant-select-item-option", { hasText: "准入专场" }).first().click()
  await page.keyboard.press("Escape")
  await form.getByRole("button", { name: "保 存" }).or(form.getByRole("button", { name: "保存" })).click()
  await expect(page.getByTestId("host")).toHaveAttribute("data-state", "unverified")
  const address = page.url()

  const encoder = new Encoder(room, Date.now())
  await say(request, "refuse")
  try {
    encoder.start()
    await page.goto(`/console/studio?room=${room.id}`)
    await expect(page.getByTestId("admission")).toHaveAttribute("data-outcome", "refused")
    await expect(page.getByTestId("admission")).toContainText("主播未实名 · 小鱼")
    await expect(page.getByTestId("admission")).toContainText("推流被拒绝", { timeout: 30_000 })
    expect((await call<{ live: boolean }>(request, "GET", `/api/rooms/${room.id}`)).live).toBe(false)
    encoder.stop()

    await page.goto(address)
    await page.getByRole("button", { name: "提交实名" }).click()
    await page.getByLabel("姓名").fill("王小明")
    await page.getByLabel("证件号码").fill(NUMBER)
    await page.getByRole("dialog").getByRole("button", { name: "提交实名" }).click()
    await expect(page.getByTestId("host")).toHaveAttribute("data-state", "submitted")
    await expect(page.getByText("须由另一位同事核验")).toBeVisible()

    const other = await colleague(browser, request, "senior_moderator")
    await other.goto(address)
    await expect(other.getByText("王**")).toBeVisible()
    await expect(other.getByText("110***********002X")).toBeVisible()
    await other.getByRole("button", { name: "核验通过" }).click()
    await expect(other.getByTestId("host")).toHaveAttribute("data-state", "verified")
    await other.context().close()

    encoder.start()
    await expect(async () => {
      expect((await call<{ live: boolean }>(request, "GET", `/api/rooms/${room.id}`)).live).toBe(true)
    }).toPass({ timeout: 60_000 })
  } finally {
    encoder.stop()
    await say(request, "tell")
  }
  const found = await call<{ items: { id: string }[] }>(request, "GET", `/api/hosts?room=${room.id}`)
  for (const { id } of found.items) await call(request, "DELETE", `/api/hosts/${id}/identity`)
})

test("a blacklisted identity is refused, and nobody confirms what he asked for", async ({ page, browser, request }) => {
  const number = `E${String(Date.now()).slice(-8)}`
  await signIn(page)
  await page.goto("/console/standing?tab=blacklist")
  await page.getByRole("button", { name: "加入黑名单" }).click()
  const form = page.getByRole("dialog")
  await form.getByLabel("证件", { exact: true }).click()
  await page.locator(".ant-select-item-option", { hasText: "护照" }).click()
  await form.getByLabel("证件号码").fill(number)
  await form.getByRole("button", { name: "加入黑名单" }).click()
  const row = page.getByTestId("blacklist").locator("tbody tr").first()
  await expect(row).toContainText("待复核")
  await expect(row).toContainText("须由另一位同事核验")
  const other = await colleague(browser, request, "senior_moderator")
  await other.goto("/console/standing?tab=blacklist")
  await other.getByTestId("blacklist").locator("tbody tr").first().getByRole("button", { name: /确.?认/ }).click()
  await expect(other.getByTestId("blacklist").locator("tbody tr").first()).toContainText("生效")
  await other.context().close()

  const host = await call<{ id: string }>(request, "POST", "/api/hosts", { name: "小虾" })
  await page.goto(`/console/standing?tab=hosts&host=${host.id}`)
  await page.getByRole("button", { name: "提交实名" }).click()
  const identity = page.getByRole("dialog")
  await identity.getByLabel("姓名").fill("王小虾")
  await identity.getByLabel("证件", { exact: true }).click()
  await page.locator(".ant-select-item-option", { hasText: "护照" }).click()
  await identity.getByLabel("证件号码").fill(number)
  await identity.getByLabel("出生日期").fill("1990-01-31")
  await identity.getByRole("button", { name: "提交实名" }).click()
  await expect(identity.getByRole("alert")).toContainText("该身份不能担任主播")
  await expect(page.getByTestId("host")).toHaveAttribute("data-state", "refused")
})

test("a host is an account of the staff, who sees how that stands; a provider of real names is entered and removed", async ({ page, browser, request }) => {
  const host = await call<{ id: string }>(request, "POST", "/api/hosts", { name: "小贝" })
  const staff = await colleague(browser, request, "host")
  const { items } = await call<{ items: { login: string }[] }>(request, "GET", "/api/staff")
  const login = items.map((one) => one.login).find((one) => one.startsWith("e2e.standing.")) ?? ""
  await signIn(page)
  await page.goto(`/console/standing?tab=hosts&host=${host.id}`)
  await page.getByRole("button", { name: "员工账号" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("登录名").fill("没有这个人")
  await dialog.getByRole("button", { name: "关联", exact: true }).click()
  await expect(dialog.getByRole("alert")).toContainText("您的范围内没有这个登录名")
  await dialog.getByLabel("登录名").fill(login)
  await dialog.getByRole("button", { name: "关联", exact: true }).click()
  await expect(page.getByTestId("host")).toContainText(login)
  await staff.goto("/console/account")
  await expect(staff.getByTestId("my-standing")).toContainText("小贝")
  await expect(staff.getByTestId("my-standing")).toContainText("未实名")
  await staff.screenshot({ path: "out/standing-mine.png", fullPage: true })
  await staff.context().close()

  await page.goto("/console/standing?tab=admission")
  const form = page.getByTestId("provider")
  await form.getByLabel("地址").fill("https://names.invalid/check")
  await form.getByLabel("密钥").fill("s3cret")
  await form.getByRole("button", { name: /保\s*存/ }).click()
  await expect(form.getByRole("button", { name: "移除" })).toBeVisible()
  await expect(form.getByLabel("密钥")).toHaveValue("")
  await form.getByRole("button", { name: "移除" }).click()
  await page.getByRole("dialog").locator(".ant-btn-dangerous").click()
  await expect(form.getByLabel("地址")).toHaveValue("")
})

for (const [language, theme, viewport] of [["zh-CN", "light", { width: 1440, height: 900 }], ["en", "dark", { width: 390, height: 844 }]] as const) {
  test(`the screens have no accessibility violations and fit, ${language}`, async ({ browser, request }) => {
    await call(request, "POST", "/api/hosts", { name: "小鱼" })
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, language)
    const page = await context.newPage()
    await signIn(page)
    for (const [tab, shown] of [["hosts", "hosts"], ["rooms", "score"], ["blacklist", "blacklist"], ["admission", "admission-settings"]] as const) {
      await page.goto(`/console/standing?tab=${tab}`)
      await expect(page.getByTestId(shown)).toBeVisible()
      await expect(page.locator(".skeleton")).toHaveCount(0)
      const found = await new AxeBuilder({ page }).analyze()
      expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`), tab).toEqual([])
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), tab).toBeLessThanOrEqual(0)
      await page.screenshot({ path: `out/standing-${tab}-${language}.png`, fullPage: true })
    }
    // On a phone the menu's groups open one by one, also by keys.
    if (viewport.width < 760) {
      const menu = page.getByRole("navigation", { name: "Main menu" })
      const safety = menu.getByRole("button", { name: "Safety" })
      await expect(menu.getByRole("link", { name: "Handbook" })).toHaveCount(0)
      await safety.press("Enter")
      await expect(menu.getByRole("link", { name: "Handbook" })).toBeVisible()
      const found = await new AxeBuilder({ page }).analyze()
      expect.soft(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      await page.screenshot({ path: `out/menu-${language}.png` })
      await menu.getByRole("link", { name: "Handbook" }).press("Escape")
      await expect(safety).toBeFocused()
      await safety.press("Enter")
      await menu.getByRole("link", { name: "Handbook" }).press("Enter")
      await page.waitForURL(/\/console\/handbook/)
      await expect(menu.getByRole("link", { name: "Handbook" })).toHaveCount(0)
    }
    await context.close()
  })
}

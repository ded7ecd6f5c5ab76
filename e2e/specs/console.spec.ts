// The console: signing in, rooms, stream keys, the live screen's address.
import { expect, test } from "@playwright/test"
import { call, server, signIn } from "./server"

test("a wrong password is refused, the right one leads to where one wanted to go", async ({ page }) => {
  await page.goto("/console/live")
  await page.waitForURL(/\/console\/sign-in/)
  await page.locator("input[autocomplete=username]").fill(server.login())
  await page.locator("input[autocomplete=current-password]").fill("certainly not this one")
  await page.locator("button[type=submit]").click()
  await expect(page.locator("[role=alert]").first()).toContainText("账号或密码不对")
  await signIn(page)
})

test("rooms: create shows the key once, rotate gives another, rename and private are kept", async ({ page, request }) => {
  const title = `端到端 ${Date.now()}`
  await signIn(page)
  await page.goto("/console/rooms")
  await page.getByRole("button", { name: "新建直播间" }).click()
  await page.getByRole("textbox", { name: "标题", exact: true }).fill(title)
  await page.getByRole("dialog").getByRole("button", { name: "创建" }).click()
  const dialog = page.getByRole("dialog").filter({ hasText: "只显示这一次" })
  await expect(dialog).toContainText("rtmp://")
  const key = await dialog.locator("code").nth(1).innerText()
  expect(key.length).toBeGreaterThan(15)
  await dialog.getByRole("button", { name: "我已保存密钥" }).click()

  const row = page.getByRole("row").filter({ hasText: title })
  await expect(row).toContainText("未开播")
  await row.getByRole("button", { name: /更多操作/ }).click()
  await page.getByRole("menuitem", { name: "重置推流密钥" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "重置密钥" }).click()
  await expect(dialog).toBeVisible()
  expect(await dialog.locator("code").nth(1).innerText()).not.toBe(key)
  await dialog.getByRole("button", { name: "我已保存密钥" }).click()

  await row.getByRole("switch").click()
  await expect(row.getByRole("switch")).toBeChecked()
  await row.getByRole("button", { name: /更多操作/ }).click()
  await page.getByRole("menuitem", { name: "修改标题" }).click()
  await page.getByRole("textbox", { name: "标题", exact: true }).fill(`${title} 改`)
  await page.getByRole("dialog").getByRole("button", { name: "保存" }).click()
  await expect(page.getByRole("row").filter({ hasText: `${title} 改` })).toBeVisible()
  const rooms = await call<{ items: { title: string; private: boolean }[] }>(request, "GET", "/api/rooms?limit=200")
  expect(rooms.items.find((room) => room.title === `${title} 改`)?.private).toBe(true)
  expect(JSON.stringify(rooms)).not.toContain(key)
})

test("language and theme are kept over a reload", async ({ page }) => {
  await page.goto("/console/sign-in")
  await page.getByRole("button", { name: "Switch to English" }).click()
  await page.getByRole("button", { name: /Switch dark/ }).click()
  const theme = await page.locator("html").getAttribute("data-theme")
  await page.reload()
  await expect(page.getByRole("heading", { name: "Sign in to the console" })).toBeVisible()
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme ?? "")
})

test("signing out ends the session", async ({ page }) => {
  await signIn(page)
  await page.getByRole("button", { name: /账号菜单/ }).click()
  await page.getByRole("menuitem", { name: "退出登录" }).click()
  await page.waitForURL(/\/console\/sign-in/)
  await page.goto("/console/rooms")
  await page.waitForURL(/\/console\/sign-in/)
})

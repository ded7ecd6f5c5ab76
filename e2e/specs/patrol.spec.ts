// A running show stands on the monitor wall; its picture goes into the library and is found; the host is warned and reads it; the show is interrupted.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { appearance, call, signIn } from "./server"

interface Shown { frames: { id: number }[] }

async function good(page: Page, name: string): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze()
  expect(found.violations, name).toEqual([])
  await page.screenshot({ path: `out/patrol-${name}.png`, fullPage: true })
}

test("a picture of the library is found on the wall, the host is warned, the show is interrupted", async ({ browser, page, request }, info) => {
  const title = `巡查专场 ${String(info.retry)}`
  const room = await makeRoom(request, title)
  const encoder = new Encoder(room, Date.now())
  encoder.start()
  try {
    await signIn(page)
    await page.goto("/console/patrol")
    // Another show may look like the sample, and then says its name.
    const own = `.wall-tile[data-room="${room.id}"]`
    const tile = page.locator(own)
    await expect(tile.locator("img")).toBeVisible({ timeout: 60_000 })
    const shown = await call<Shown>(request, "GET", `/api/patrol/rooms/${room.id}`)
    const picture = await page.request.get(`/api/patrol/rooms/${room.id}/frames/${String(shown.frames[0]?.id)}`)
    expect(picture.ok()).toBe(true)

    await page.getByText("违规库").click()
    await page.getByRole("button", { name: "添加样本" }).click()
    const adding = page.getByRole("dialog")
    await adding.getByLabel("名称").fill(title)
    await adding.getByLabel("分类").click()
    await page.locator(".ant-select-item-option", { hasText: "赌博" }).click()
    await adding.getByText("建议中断").click()
    await adding.getByLabel("图片").setInputFiles({ name: "sample.jpg", mimeType: "image/jpeg", buffer: await picture.body() })
    await adding.locator(".ant-btn-primary").click()
    await expect(page.getByTestId("library").locator("tr", { hasText: title })).toBeVisible()
    await good(page, "library")

    await page.goto("/console/patrol")
    await expect(tile).toHaveAttribute("data-urgency", "3", { timeout: 60_000 })
    await good(page, "wall")
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, storageState: await page.context().storageState() })
    await appearance(phone, "dark", "en")
    const small = await phone.newPage()
    await small.goto("/console/patrol")
    await expect(small.locator(own).locator("img")).toBeVisible()
    await good(small, "wall-phone")
    await small.locator(own).locator(".tile-open").click()
    await expect(small.getByTestId("words")).toContainText("Transcript")
    await expect(small.getByTestId("words").locator("mark").first()).toBeVisible({ timeout: 60_000 })
    await good(small, "large-phone")
    await phone.close()

    await tile.locator(".tile-open").click()
    await expect(page.getByTestId("findings").locator("li", { hasText: title })).toBeVisible()
    const words = page.getByTestId("words")
    await expect(words.locator("mark", { hasText: "加微" }).first()).toBeVisible({ timeout: 60_000 })
    await expect(page.getByTestId("findings").locator("li", { hasText: "想要的家人" }).first()).toContainText("想要的家人加微信领券")
    await words.getByRole("button", { name: "查看整场转写" }).click()
    await words.getByRole("searchbox").fill("没人说过")
    await words.getByRole("searchbox").press("Enter")
    await expect(words).toContainText("没有符合的语句")
    await words.getByRole("searchbox").fill("领券")
    await words.getByRole("searchbox").press("Enter")
    await expect(words.locator("mark").first()).toBeVisible()
    await good(page, "large")
    // Who writes is no one's shortcut.
    await words.getByRole("button", { name: "查看整场转写" }).click()
    await page.keyboard.press("w")
    await page.getByLabel("警告内容").fill("请撤下背后的转盘")
    await page.getByRole("dialog").locator(".ant-btn-primary").click()
    await expect(page.getByTestId("warnings")).toContainText("未读")

    const host = await page.context().newPage()
    await host.goto(`/console/studio?room=${room.id}`)
    await expect(host.getByTestId("host-warnings")).toContainText("请撤下背后的转盘")
    await good(host, "host")
    await host.getByRole("button", { name: "知道了" }).click()
    await expect(host.getByTestId("host-warnings")).not.toContainText("请撤下背后的转盘")
    await expect(page.getByTestId("warnings")).toContainText("已读")
    await host.close()

    await page.keyboard.press("i")
    const interrupt = page.getByTestId("interrupt")
    await interrupt.getByRole("textbox").last().fill("警告后未改正")
    await interrupt.getByRole("checkbox").check()
    await page.getByRole("dialog").getByRole("button", { name: "中断直播" }).click()
    await expect(page.getByTestId("over")).toBeVisible({ timeout: 30_000 })
    const after = await call<{ live: boolean }>(request, "GET", `/api/rooms/${room.id}`)
    expect(after.live).toBe(false)
  } finally {
    encoder.kill()
  }
})

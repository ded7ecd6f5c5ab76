// Files into a room: a recorder's file is told and imported, a table is mapped once and known again, and what was skipped has its lines.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type Page } from "@playwright/test"
import { makeRoom } from "./encoder"
import { signIn } from "./server"

const XML = `<?xml version="1.0"?>
<i>
<d p="1.5,1,25,16777215,1640693569500,0,42,0" user="小明">你好</d>
<gift ts="3" user="小红" giftname="辣条" giftcount="1" />
</i>`
const PAID = ["A1", "A2", "A3", "A4", "A5"].map((id, n) => `${id},2024-01-02 11:04:0${n},王五,138,19.9,已付`)
const ORDERS = ["订单号,下单时间,买家昵称,手机号,实付金额(元),状态", ...PAID, "A6,很快,赵六,139,1,已付", ""].join("\n")

const take = (page: Page, name: string, text: string) => page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) })

async function accessible(page: Page) {
  // What is pointed at has another colour.
  await page.mouse.move(0, 0)
  await page.waitForTimeout(500)
  const found = await new AxeBuilder({ page }).analyze()
  expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([])
}

test("a recording is tried, imported, and its report stays", async ({ page, request }) => {
  const room = await makeRoom(request, `导入演练 ${Date.now()}`)
  await signIn(page)
  await page.goto(`/console/imports?room=${room.id}`)
  await take(page, "show.xml", XML)
  await expect(page.getByText("录播文件 · danmaku_xml")).toBeVisible()
  await page.getByRole("button", { name: "试导入" }).click()
  await expect(page.getByText("还没有写入")).toBeVisible()
  await expect(page.getByTestId("import-report")).toContainText("第 4 行")
  await expect(page.getByTestId("import-history")).toContainText("还没有导入过文件")
  await page.getByRole("button", { name: "导入", exact: true }).click()
  await expect(page.getByText("已导入", { exact: true })).toBeVisible()
  await expect(page.getByTestId("import-history")).toContainText("show.xml")
  await page.getByTestId("import-history").getByRole("button", { name: "报告" }).click()
  const dialog = page.getByRole("dialog")
  await expect(dialog).toContainText("礼物没有价格")
  const download = page.waitForEvent("download")
  await dialog.getByRole("link", { name: "下载报告" }).click()
  expect((await download).suggestedFilename()).toMatch(/^import-.*\.csv$/)
})

for (const [size, viewport] of [["desktop", { width: 1440, height: 900 }], ["phone", { width: 390, height: 844 }]] as const) {
  test(`a table is mapped, imported and known again, ${size}`, async ({ page, request }) => {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ reducedMotion: "reduce" })
    const room = await makeRoom(request, `表格演练 ${size} ${Date.now()}`)
    // Headers of this run alone: what is remembered is the whole organisation's.
    const table = ORDERS.replace("状态", `状态${size.length}${Date.now()}`)
    await signIn(page)
    await page.goto(`/console/imports?room=${room.id}`)
    await take(page, "orders.csv", table)
    await expect(page.getByText("列的对应是猜的")).toBeVisible()
    await expect(page.getByLabel("“手机号”的含义")).toHaveValue("ignore")
    await expect(page.getByText("请填写平台")).toBeVisible()
    await page.getByLabel("来自平台").fill("douyin")
    await page.getByLabel("“买家昵称”的含义").selectOption("time")
    await expect(page.getByText("两列的含义相同")).toBeVisible()
    await page.getByLabel("“买家昵称”的含义").selectOption("nick")
    await page.getByRole("button", { name: "导入", exact: true }).click()
    await expect(page.getByTestId("import-report")).toContainText("“下单时间”不是时间")
    await page.waitForTimeout(300)
    await page.screenshot({ path: `out/imports-table-${size}.png`, fullPage: true })
    await accessible(page)
    await page.getByRole("button", { name: "换一个文件" }).click()
    await take(page, "more.csv", table)
    await expect(page.getByText("用了 douyin 上次的对应")).toBeVisible()
  })
}

test("what is no recording and no table is told", async ({ page, request }) => {
  const room = await makeRoom(request, `导入演练 ${Date.now()}`)
  await signIn(page)
  await page.goto(`/console/imports?room=${room.id}`)
  await take(page, "nothing.xlsx", "PK\u0003\u0004 nothing")
  await expect(page.getByRole("alert")).toContainText("这个表格读不了")
})

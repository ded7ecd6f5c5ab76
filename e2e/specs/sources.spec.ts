// A room's two lines and its slate: seen, switched by hand, lost, uploaded.
import { expect, test } from "@playwright/test"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Encoder, makeRoom } from "./encoder"
import { signIn } from "./server"

test("lines are switched by hand and by themselves", async ({ page, request }) => {
  test.setTimeout(240_000)
  const title = `备路演练 ${Date.now()}`
  const room = await makeRoom(request, title)
  const [primary, backup] = [new Encoder(room, Date.now()), new Encoder(room, Date.now())]
  try {
    await signIn(page)
    await page.goto(`/console/sources?room=${room.id}`)
    await expect(page.getByTestId("line-primary")).toContainText("未连接")
    await expect(page.locator(".push")).toContainText(`:${room.push_port}/backup`)
    primary.start()
    await expect(page.getByTestId("line-primary")).toContainText("播出中")
    backup.start({ app: "backup" })
    await expect(page.getByTestId("line-backup")).toContainText("就绪")

    await page.getByRole("button", { name: "切到备路" }).click()
    await expect(page.getByTestId("line-backup")).toContainText("播出中")
    await expect(page.locator(".lines-foot")).toContainText("手动")
    await page.getByRole("button", { name: "切到垫片" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "切到垫片" }).click()
    await expect(page.getByTestId("line-slate")).toContainText("播出中")
    await page.getByRole("button", { name: "恢复自动" }).click()
    await expect(page.getByTestId("line-primary")).toContainText("播出中")

    primary.stop()
    await expect(page.getByTestId("line-backup")).toContainText("播出中")
    await expect(page.getByTestId("line-primary")).toContainText("未连接")
    await page.goto("/console/rooms")
    await expect(page.locator("tr", { hasText: title })).toContainText("备路播出")
    await page.getByRole("button", { name: `更多操作 ${title}` }).click()
    await page.getByRole("menuitem", { name: "推流与备路" }).click()
    backup.stop()
    await expect(page.getByTestId("line-slate")).toContainText("播出中")
  } finally {
    primary.stop()
    backup.stop()
  }
})

test("a slate is uploaded and kept", async ({ page, request }) => {
  const room = await makeRoom(request, "垫片演练")
  const file = join(mkdtempSync(join(tmpdir(), "slate-")), "slate.png")
  execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", file])
  await signIn(page)
  await page.goto(`/console/sources?room=${room.id}`)
  const form = page.getByRole("region", { name: "垫片设置" })
  await expect(form.getByRole("img", { name: "垫片预览" })).toBeVisible()
  await form.getByText("上传的图片或视频").click()
  await form.locator("input[type=file]").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("#EXTM3U") })
  await expect(page.getByText("不支持这种文件")).toBeVisible()
  await form.locator("input[type=file]").setInputFiles({ name: "slate.png", mimeType: "image/png", buffer: readFileSync(file) })
  await expect(form).toContainText("图片 · 640×360")
  await expect.poll(() => form.locator("img").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(640)
  await form.getByLabel("无信号多久后播放").fill("1")
  // A reload would cut it off.
  const saved = page.waitForResponse((answer) => answer.request().method() !== "GET" && answer.ok())
  await form.getByRole("button", { name: "保存" }).click()
  await saved
  await page.reload()
  await expect(form.getByLabel("无信号多久后播放")).toHaveValue(/^1(\.0)?$/)
  await expect(form).toContainText("图片 · 640×360")
})

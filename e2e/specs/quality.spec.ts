// The quality screen: what viewers report and the encoder sends, alarms, device coverage.
import { expect, test, type Page } from "@playwright/test"
import { spawn } from "node:child_process"
import { Encoder, makeRoom } from "./encoder"
import { call, playing, server, signIn } from "./server"
import { round, viewers } from "./reports"

const tab = (page: Page, name: string) => page.locator(".quality-tabs").getByText(name, { exact: true }).click()

test("reports become figures, parts and worst plays", async ({ page, request }) => {
  const room = server.room()
  const all = await viewers(request, room, 40)
  await round(request, room, all, 0, 4)
  await signIn(page)
  await page.goto(`/console/quality?room=${room}`)
  const plays = page.locator("[data-figure=plays]")
  await expect.poll(async () => Number(await plays.getAttribute("data-value"))).toBeGreaterThanOrEqual(40)
  const stalls = Number(await page.locator("[data-figure=stall_rate]").getAttribute("data-value"))
  expect(stalls).toBeGreaterThan(0.02)
  expect(stalls).toBeLessThan(1)
  await expect(page.locator(".timeline-box canvas")).toBeVisible()

  // What the encoder sent stands under what viewers reported.
  await page.getByText("推流", { exact: true }).last().click()
  await expect(page.locator(".timeline-box canvas")).toBeVisible()

  await tab(page, "维度")
  await page.getByText("浏览器", { exact: true }).click()
  await expect(page.getByRole("row").filter({ hasText: "WeChat 8" })).toBeVisible()
  await expect(page.getByRole("row").filter({ hasText: "Safari 18" })).toBeVisible()
  await page.getByText("地区", { exact: true }).click()
  await expect(page.getByRole("row").filter({ hasText: "时区 Asia/Shanghai" })).toBeVisible()

  // One row a viewer; behind it stand its plays, and behind a play its course.
  await tab(page, "观众")
  const failed = page.getByRole("row").filter({ hasText: "manifestLoadError" }).first()
  await expect(failed).toBeVisible()
  await failed.getByRole("button").click()
  const drawer = page.getByRole("dialog")
  await expect(drawer.getByTestId("course").getByRole("row").nth(1)).toBeVisible()
  await page.keyboard.press("Escape")

  await tab(page, "直播间对比")
  await expect(page.getByTestId("rooms-quality").getByRole("row").nth(1)).toBeVisible()

  await tab(page, "推流")
  const source = page.getByTestId("source-primary")
  await expect(source).toContainText("播出中")
  await expect(source.locator("canvas")).toBeVisible()

  await tab(page, "设备覆盖")
  await expect(page.locator("[data-figure=coverage]")).toBeVisible()
  const file = await request.get("/api/qoe/coverage?format=csv", { headers: { authorization: `Bearer ${server.token()}` } })
  expect(await file.text()).toContain("mobile,iOS,Safari 18")
})

test("a show is compared with one of another room", async ({ page, request }) => {
  test.setTimeout(180_000)
  const title = `对比 ${String(Date.now())}`
  const other = await makeRoom(request, title)
  const encoder = new Encoder(other, Date.now())
  encoder.start({ size: "320x180" })
  try {
    const playable = async () => (await request.get(`/live/${other.id}/index.m3u8`)).ok()
    await expect.poll(playable, { timeout: 30_000 }).toBe(true)
    const few = await viewers(request, other.id, 4)
    await round(request, other.id, few, 0, 2)
    await signIn(page)
    await page.goto(`/console/quality?room=${server.room()}`)
    await page.getByTestId("against").click()
    await page.getByLabel("对比的直播间").click()
    await page.getByTitle(title).last().click()
    await page.getByLabel("对比的场次").click()
    await page.locator(".ant-select-item-option").filter({ hasText: "本场" }).last().click()
    await expect(page.getByTestId("against")).toContainText(title)
    await expect(page.locator("[data-figure=plays] .tile-note")).toContainText("对比")
    await tab(page, "维度")
    await expect(page.locator(".beside .quiet").first()).toBeVisible()
  } finally {
    encoder.stop()
  }
})

test("a page that plays reports by itself", async ({ browser, request }) => {
  const page = await (await browser.newContext()).newPage()
  const reported = page.waitForResponse((answer) => answer.url().includes("/playback") && answer.status() === 204, { timeout: 60_000 })
  await page.goto(`/r/${server.room()}`)
  await playing(page)
  await reported
  const { broadcast_id } = await call<{ broadcast_id: string }>(request, "GET", `/api/rooms/${server.room()}`)
  const own = async () => {
    const plays = await call<{ browser: string; first_frame_ms: number | null }[]>(request, "GET", `/api/broadcasts/${broadcast_id}/qoe/plays?sort=newest&limit=200`)
    return plays.some((play) => play.browser.startsWith("Chrome") && play.first_frame_ms !== null)
  }
  await expect.poll(own, { timeout: 30_000 }).toBe(true)
})

test("who leaves before the first picture is a play that failed", async ({ browser, request }) => {
  const room = await makeRoom(request, "没等到画面")
  const encoder = new Encoder(room, Date.now())
  try {
    encoder.start()
    const show = async () => (await call<{ live: boolean; broadcast_id: string }>(request, "GET", `/api/rooms/${room.id}`))
    await expect.poll(async () => (await show()).live, { timeout: 60_000 }).toBe(true)
    const page = await (await browser.newContext()).newPage()
    await page.route(/\.m3u8/, () => undefined)
    const asked = page.waitForRequest(/\.m3u8/)
    await page.goto(`/r/${room.id}`)
    await asked
    // What a page says while it goes is not told here: the server knows.
    await page.goto("about:blank")
    const { broadcast_id } = await show()
    const plays = () => call<{ first_frame_ms: number | null }[]>(request, "GET", `/api/broadcasts/${broadcast_id}/qoe/plays?sort=newest`)
    await expect.poll(plays, { timeout: 30_000 }).toMatchObject([{ first_frame_ms: null }])
  } finally {
    encoder.kill()
  }
})

test("a silent encoder raises an alarm that can be acknowledged and ends by itself", async ({ page, request }) => {
  test.setTimeout(240_000)
  const title = `告警 ${Date.now()}`
  const made = await call<{ id: string; stream_key: string; push_port: number }>(request, "POST", "/api/rooms", { title })
  const host = new URL(process.env.KAIBO_URL ?? "http://127.0.0.1:8080").hostname
  const input = "-f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=330:sample_rate=44100 -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -f flv"
  const ffmpeg = spawn("ffmpeg", ["-nostdin", "-v", "error", "-re", ...input.split(" "), `rtmp://${host}:${made.push_port}/live/${made.stream_key}`], { stdio: "ignore" })
  try {
    await expect.poll(async () => (await call<{ live: boolean }>(request, "GET", `/api/rooms/${made.id}`)).live, { timeout: 60_000 }).toBe(true)
    await page.waitForTimeout(4000)
    ffmpeg.kill("SIGSTOP")
    await signIn(page)
    await page.goto(`/console/quality?room=${made.id}&tab=alarms`)
    const row = page.getByTestId("alarms").locator("[data-kind=no_data]").first()
    await expect(row).toContainText("进行中", { timeout: 60_000 })
    await page.getByRole("button", { name: /条进行中的告警/ }).click()
    // Other rooms may have theirs.
    const mine = page.locator(".ant-popover [data-kind=no_data]").filter({ hasText: title })
    await mine.getByRole("button", { name: "确认" }).click()
    await expect(row).toContainText("已确认")
    ffmpeg.kill("SIGCONT")
    // Things are good for ten seconds before an alarm ends.
    await expect(row).toContainText("持续", { timeout: 90_000 })
  } finally {
    ffmpeg.kill("SIGCONT")
    ffmpeg.kill("SIGKILL")
  }
})

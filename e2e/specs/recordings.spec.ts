// One show, watched behind its live edge, cut while it runs, and watched again when it is over.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom, type OwnRoom } from "./encoder"
import { call, playing, server, signIn, watch } from "./server"

const SAID = `这段要剪 ${Date.now() % 10_000}`
const SHOW_MS = 40_000

interface Clip {
  id: string
  title: string
  duration_ms: number
  bytes: number
}

test.describe.configure({ mode: "serial" })

let room: OwnRoom
let encoder: Encoder
let broadcast: string
let began: number

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ baseURL: process.env.KAIBO_URL ?? "" })
  room = await makeRoom(request, "录制验收专场")
  encoder = new Encoder(room, Date.now())
  encoder.start()
  began = Date.now()
  await expect(async () => {
    const now = await call<{ live: boolean; broadcast_id: string | null }>(request, "GET", `/api/rooms/${room.id}`)
    expect(now.live).toBe(true)
    broadcast = String(now.broadcast_id)
  }).toPass({ timeout: 30_000 })
  await request.dispose()
})

test.afterAll(() => encoder.kill())

test("a viewer rewinds into the show, reads what was said then, and goes back to live", async ({ page }) => {
  await page.goto(`/r/${room.id}`)
  await playing(page)
  await page.waitForTimeout(3000)
  await page.getByRole("textbox").fill(SAID)
  await page.keyboard.press("Enter")
  await expect(page.locator(".line.own", { hasText: SAID })).toHaveAttribute("data-delivery", "sent")
  await page.waitForTimeout(Math.max(0, began + SHOW_MS - Date.now()))

  const bar = page.getByRole("slider", { name: "播放进度" })
  await expect(bar).toBeVisible({ timeout: 30_000 })
  await page.locator(".stage").hover()
  const box = await bar.boundingBox()
  await bar.click({ position: { x: 12, y: (box?.height ?? 20) / 2 } })
  await expect(page.getByTestId("stage")).toHaveAttribute("data-mode", "rewind")
  await playing(page)
  await expect(page.getByTestId("track").getByText(SAID)).toBeVisible({ timeout: 40_000 })
  await page.screenshot({ path: "out/rewind.png" })
  const before = (await watch(page)).position
  await expect.poll(async () => (await watch(page)).position, { timeout: 20_000 }).toBeGreaterThan(before)
  await page.locator(".stage").hover()
  await page.getByRole("button", { name: "回到直播" }).click()
  await expect(page.getByTestId("stage")).toHaveAttribute("data-mode", "live")
  await playing(page)
})

test("an operator cuts a clip while the show runs", async ({ page, request }) => {
  await signIn(page)
  await page.goto(`/console/clips?room=${room.id}`)
  await expect(page.getByTestId("monitor")).toHaveAttribute("data-phase", "paused", { timeout: 30_000 })
  await page.getByRole("button", { name: "最近 30 秒" }).click()
  await expect(page.getByTestId("chosen")).toBeVisible()
  const title = `开场 ${Date.now() % 10_000}`
  await page.getByRole("textbox", { name: "标题" }).fill(title)
  const pressed = Date.now()
  await page.getByRole("button", { name: "剪辑切片" }).click()
  const row = page.getByTestId("clip-list").locator("li", { hasText: title })
  await expect(row).toBeVisible()
  console.log(`a clip of 30 s was ready after ${Date.now() - pressed} ms`)
  const clips = await call<Clip[]>(request, "GET", `/api/broadcasts/${broadcast}/clips`)
  const clip = clips.find((one) => one.title === title)
  expect(clip?.bytes ?? 0).toBeGreaterThan(10_000)
  expect(clip?.duration_ms ?? 0).toBeGreaterThan(27_000)

  await test.step("keys set in and out", async () => {
    await page.locator("body").click({ position: { x: 700, y: 5 } })
    const shown = page.getByTestId("timecode")
    const at = await shown.innerText()
    await page.keyboard.press("i")
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Shift+ArrowRight")
    await expect(shown).not.toHaveText(at)
    await page.keyboard.press("o")
    await expect(page.getByTestId("chosen")).toBeVisible()
    await expect(page.getByTestId("cut-form").locator(".point-time")).toHaveCount(2)
  })
  await page.screenshot({ path: "out/clips.png" })

  await test.step("it plays, and goes", async () => {
    await row.getByRole("button", { name: /预览/ }).click()
    const video = page.locator(".clip-video")
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime), { timeout: 20_000 }).toBeGreaterThan(0.5)
    await page.keyboard.press("Escape")
    await row.getByRole("button", { name: /删除/ }).click()
    await page.getByRole("dialog").getByRole("button", { name: "删除" }).click()
    await expect(row).toHaveCount(0)
  })
})

test("the room's recording rule is set, and a show that is not recorded says so", async ({ page, request }) => {
  await signIn(page)
  await page.goto(`/console/clips?room=${room.id}`)
  const panel = page.getByTestId("recording")
  await expect(panel.getByText("录制中")).toBeVisible({ timeout: 30_000 })
  const dialog = page.getByRole("dialog")
  const set = async (act: () => Promise<void>) => {
    await panel.getByRole("button", { name: "录制设置" }).click()
    await act()
    await dialog.getByRole("button", { name: "保存" }).click()
    await expect(dialog).toHaveCount(0)
  }
  await set(async () => {
    await dialog.getByRole("switch", { name: "录制直播" }).click()
    await dialog.getByRole("spinbutton", { name: "保留天数" }).fill("7")
    await page.screenshot({ path: "out/recording-rule.png" })
  })
  await expect(panel.getByText("录制已关闭")).toBeVisible({ timeout: 20_000 })
  expect(await call(request, "GET", `/api/rooms/${room.id}/recording-rule`)).toEqual({ enabled: false, keep_days: 7, keep_gb: 0, replays_public: true })
  await set(() => dialog.getByRole("switch", { name: "录制直播" }).click())
  await expect(panel.getByText("录制中")).toBeVisible({ timeout: 20_000 })
  // A refusal is said in the reader's language.
  await page.route("**/recording-rule", (route) => (route.request().method() === "PUT" ? route.fulfill({ status: 400, json: { code: "bad_rule", detail: "bad" } }) : route.continue()))
  await panel.getByRole("button", { name: "录制设置" }).click()
  await dialog.getByRole("button", { name: "保存" }).click()
  await expect(dialog.getByRole("alert")).toContainText("天数最多 3650")
})

test("what fails on the cutting desk is said", async ({ page }) => {
  await signIn(page)
  await page.route("**/highlights", (route) => route.fulfill({ status: 500, json: { code: "internal_error", detail: "internal error" } }))
  await page.route("**/dvr.m3u8**", (route) => route.fulfill({ status: 503, body: "" }))
  await page.goto(`/console/clips?room=${room.id}`)
  await expect(page.getByTestId("monitor-failed")).toContainText("录像打不开", { timeout: 40_000 })
  await expect(page.getByTestId("suggestions").getByRole("button")).toBeVisible()
  await expect(page.getByTestId("suggestions").getByText("还没有明显的高峰")).toHaveCount(0)
  await page.screenshot({ path: "out/clips-failing.png" })
})

test("after the show its replay plays with danmaku at their times", async ({ page, request }) => {
  encoder.stop()
  await call(request, "POST", `/api/broadcasts/${broadcast}/end`)
  await expect(async () => {
    const replays = await call<{ broadcast_id: string }[]>(request, "GET", `/api/public/rooms/${room.id}/replays`)
    expect(replays.map((replay) => replay.broadcast_id)).toContain(broadcast)
  }).toPass({ timeout: 20_000 })

  await page.goto(`/r/${room.id}`)
  await page.getByRole("link", { name: "看回放" }).click()
  await page.waitForURL(/replay=/)
  await playing(page)
  await expect(page.getByText("录制验收专场").first()).toBeVisible()
  await flies(page, SAID)

  await test.step("seeking and speed", async () => {
    await page.locator(".stage").hover()
    await page.getByRole("combobox", { name: "倍速" }).selectOption("2")
    const video = page.getByTestId("stage").locator("video")
    await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.playbackRate)).toBe(2)
    const before = await watch(page)
    await expect.poll(async () => (await watch(page)).position, { timeout: 30_000 }).toBeGreaterThan(before.position + 2.5)
    await page.keyboard.press("Escape")
    const after = await watch(page)
    const bar = page.getByRole("slider", { name: "播放进度" })
    await bar.focus()
    await page.keyboard.press("ArrowLeft")
    await expect.poll(async () => (await watch(page)).position).toBeLessThan(after.position)
  })
  await page.screenshot({ path: "out/replay.png" })
  // Replays that are not for viewers are not listed, and the page of one says so.
  const rule = { enabled: true, keep_days: 7, keep_gb: 0 }
  await call(request, "PUT", `/api/rooms/${room.id}/recording-rule`, { ...rule, replays_public: false })
  const outside = await page.request.get(`/api/public/rooms/${room.id}/replays`)
  expect(await outside.json()).toEqual([])
  await call(request, "PUT", `/api/rooms/${room.id}/recording-rule`, { ...rule, replays_public: true })
  // A private room's recording is not for strangers.
  await call(request, "PATCH", `/api/rooms/${room.id}`, { private: true })
  const stranger = await page.context().browser()?.newContext()
  const shut = await stranger?.newPage()
  await shut?.goto(`${process.env.KAIBO_URL ?? ""}/r/${room.id}?replay=${broadcast}`)
  await expect(shut?.getByRole("heading", { name: "这是私密直播间" }) ?? page.locator("nothing")).toBeVisible()
  await stranger?.close()
  expect(server.room()).not.toBe(room.id)
})

test("what was found is seen again at its moment, in the room and along the danmaku", async ({ page }) => {
  await signIn(page)
  await page.goto(`/console/danmaku?q=${encodeURIComponent(`"${SAID}"`)}`)
  const found = page.getByTestId("hits").getByRole("link", { name: "看回放" }).first()
  await page.goto(await found.getAttribute("href") ?? "")
  await playing(page)
  await expect(page.getByTestId("track").getByText(SAID)).toBeVisible({ timeout: 30_000 })

  await page.goto(`/console/danmaku?replay=${broadcast}`)
  const replay = page.getByTestId("replay")
  const video = replay.locator("video")
  await replay.getByLabel("倍速").selectOption("4")
  await replay.getByRole("button", { name: "播放", exact: true }).click()
  await expect(page.getByTestId("said").getByText(SAID)).toBeVisible({ timeout: 40_000 })
  expect(await video.evaluate((element: HTMLVideoElement) => element.playbackRate)).toBe(4)
  await page.screenshot({ path: "out/danmaku-replay-picture.png" })
  await page.getByTestId("said").locator("li", { hasText: SAID }).getByRole("button").click()
  const place = replay.getByRole("slider", { name: "位置" })
  await expect(place).not.toHaveValue("0")
  await place.fill("0")
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime), { timeout: 20_000 }).toBeLessThan(10)
})

test("a recording that nobody needs is deleted", async ({ page, request }) => {
  await signIn(page)
  await page.goto(`/console/clips?room=${room.id}&broadcast=${broadcast}`)
  const panel = page.getByTestId("recording")
  await expect(panel.getByText("已完成")).toBeVisible({ timeout: 30_000 })
  await expect(page.getByTestId("monitor")).toHaveAttribute("data-phase", "paused", { timeout: 30_000 })
  await expect(page.locator(".thumbs img").first()).toBeVisible()
  await page.screenshot({ path: "out/recordings.png" })
  await panel.getByRole("button", { name: "删除录像" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "删除" }).click()
  await expect(page.getByText("录像已删除").first()).toBeVisible()
  const recording = await call<{ state: string }>(request, "GET", `/api/broadcasts/${broadcast}/recording`)
  expect(recording.state).toBe("removed")
})

async function flies(page: Page, text: string): Promise<void> {
  await expect(page.locator(".flight", { hasText: text })).toBeAttached({ timeout: 40_000 })
  await expect(page.getByTestId("track").getByText(text)).toBeVisible()
}

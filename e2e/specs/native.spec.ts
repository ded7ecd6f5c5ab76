// The page where a browser has no Media Source Extensions, as on older iPhones: its own HLS player plays. Chromium has one too.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { probe, taken } from "./probe"
import { playing, refuseFirstToken, watch } from "./server"

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => Object.assign(window, { MediaSource: undefined, ManagedMediaSource: undefined, WebKitMediaSource: undefined }))
})

const source = (page: Page) => page.locator(".stage video").evaluate((video: HTMLVideoElement) => video.src)
const size = (page: Page) => page.locator(".stage video").evaluate((video: HTMLVideoElement) => video.videoWidth)

async function playsItself(page: Page): Promise<void> {
  const hls = await page.evaluate(() => document.createElement("video").canPlayType("application/vnd.apple.mpegurl"))
  test.skip(hls === "", "this browser has no HLS player of its own")
}

test("a browser's own player waits for the show, plays it, and plays on over an outage", async ({ page, request }) => {
  test.setTimeout(240_000)
  const base = Date.now() - 1000
  const room = await makeRoom(request, "原生播放验收")
  const encoder = new Encoder(room, base)
  const reports: { failure?: string; first_frame_ms?: number; latency_ms?: number }[] = []
  page.on("request", (sent) => { if (sent.url().includes("/playback")) reports.push(JSON.parse(sent.postData() ?? "{}")) })
  await probe(page, base)
  try {
    await page.goto(`/r/${room.id}`)
    await playsItself(page)
    encoder.start()
    await playing(page)
    expect(await source(page), "by itself").toContain(`/live/${room.id}/index.m3u8`)
    const { position, rebuilds } = await watch(page)
    await expect.poll(async () => (await watch(page)).position, { timeout: 60_000 }).toBeGreaterThan(position + 3)
    expect((await watch(page)).rebuilds).toBe(rebuilds)

    await test.step("the source is away, and returns", async () => {
      encoder.kill()
      await expect.poll(() => size(page), { timeout: 60_000 }).toBe(1280)
      const returned = Date.now() - base
      encoder.start({ offset_s: 3600 })
      const back = async () => (await taken(page)).some((frame) => (frame.pushed ?? 0) > returned)
      await expect.poll(back, { timeout: 60_000 }).toBe(true)
    })
    await expect.poll(() => reports.some((report) => report.first_frame_ms !== undefined), { timeout: 30_000 }).toBe(true)
    for (const report of reports) expect(report.failure ?? "", "waiting for the first segment is no failure").not.toMatch(/404/)
  } finally {
    encoder.kill()
  }
})

test("a token that is refused is renewed", async ({ page, request }) => {
  test.setTimeout(120_000)
  const room = await makeRoom(request, "原生令牌验收")
  const encoder = new Encoder(room, Date.now())
  try {
    const refused = await refuseFirstToken(page)
    await page.goto(`/r/${room.id}`)
    await playsItself(page)
    encoder.start()
    await playing(page)
    expect(refused.times, "it was refused first").toBeGreaterThan(0)
  } finally {
    encoder.kill()
  }
})

// The live picture at its edge: how far behind it is, and what it makes of a source that leaps, dies and returns.
// KAIBO_LONG=1 takes ten minutes instead of one.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { course, percentile, probe, taken, told, type Frame } from "./probe"
import { playing, watch } from "./server"

const ROUNDS = process.env.KAIBO_LONG ? 16 : 1
const STEADY_MS = 18_000
const AWAY_MS = 3000
// Well within the steady time, whatever the start took.
const LEAP_S = 14

test("plays at the edge while the source leaps, drops and returns", async ({ page, request }) => {
  test.setTimeout(120_000 + ROUNDS * 90_000)
  const base = Date.now() - 1000
  const room = await makeRoom(request, "低延迟验收")
  const encoder = new Encoder(room, base)
  await probe(page, base)
  const steady: number[] = []
  const reports = reportsOf(page)
  try {
    encoder.start({ jumpAfter_s: LEAP_S })
    await page.goto(`/r/${room.id}`)
    const opened = Date.now()
    await playing(page)
    console.log(`first picture after ${Date.now() - opened} ms, the encoder's start included`)
    await page.waitForTimeout(5000)
    // Asked for before the encoder was there, it was told so.
    const { rebuilds } = await watch(page)
    for (let round = 0; round < ROUNDS; round += 1) {
      const bframes = round % 2 === 0
      await taken(page)
      const before = await watch(page)

      await page.waitForTimeout(STEADY_MS)
      const calm = course(await taken(page))
      const then = await watch(page)
      steady.push(calm.p50)
      console.log(`round ${round + 1}: steady and a leap of timestamps: ${told(calm)}, ${then.stalls - before.stalls} stalls`)

      encoder.kill()
      await page.waitForTimeout(AWAY_MS)
      await taken(page)
      const returned = Date.now() - base
      encoder.start({ bframes, offset_s: round % 3 === 1 ? 0 : 3600 * (round + 1), jumpAfter_s: LEAP_S })
      let back: number | null = null
      const fresh: Frame[] = []
      await expect(async () => {
        fresh.push(...(await taken(page)))
        back = fresh.find((frame) => frame.pushed > returned)?.painted ?? null
        expect(back).not.toBeNull()
      }).toPass({ timeout: 30_000 })
      console.log(`round ${round + 1}: picture again ${(Number(back) - returned).toFixed(0)} ms after the encoder's new start`)
      await page.waitForTimeout(4000)
      await taken(page)
      await page.waitForTimeout(STEADY_MS / 2)
      const after = course(await taken(page))
      console.log(`round ${round + 1}: after the return${bframes ? ", with B-frames" : ""}: ${told(after)}`)
      steady.push(after.p50)
      expect.soft(calm.backwards + after.backwards, "frames that went backwards").toBe(0)
      expect.soft(Number(back) - returned, "ms until the picture is back").toBeLessThan(15_000)
    }
    const end = await watch(page)
    const frames = await page.locator(".stage video").evaluate((video: HTMLVideoElement) => {
      const { droppedVideoFrames, totalVideoFrames } = video.getVideoPlaybackQuality()
      return { droppedVideoFrames, totalVideoFrames }
    })
    console.log(`reported: ${reports.map((one) => `${one.latency_ms ?? "-"}ms/${one.stalls}x${one.stalled_ms}${one.failure ? ` ${one.failure}` : ""}`).join(", ")}`)
    console.log(`all steady times: p50 ${percentile(steady, 0.5).toFixed(0)} ms in the middle, ${Math.max(...steady).toFixed(0)} ms at worst`)
    console.log(`stalls ${end.stalls}, rebuilds ${end.rebuilds}, dropped ${frames.droppedVideoFrames} of ${frames.totalVideoFrames}`)
    expect.soft(end.rebuilds - rebuilds, "rebuilds").toBe(0)
    for (const p50 of steady) expect.soft(p50, "pushed to painted, p50").toBeLessThan(2000)
  } finally {
    encoder.kill()
  }
})

interface Report {
  latency_ms?: number
  stalls: number
  stalled_ms: number
  first_frame_ms?: number
  failure?: string
}

// What the page itself reports of its play.
function reportsOf(page: Page): Report[] {
  const reports: Report[] = []
  page.on("request", (request) => {
    if (request.url().includes("/playback")) reports.push(JSON.parse(request.postData() ?? "{}") as Report)
  })
  return reports
}

test("a show without a picture has a stage", async ({ page, request }) => {
  const room = await makeRoom(request, "深夜电台")
  const encoder = new Encoder(room, Date.now())
  try {
    encoder.start({ audioOnly: true })
    await page.goto(`/r/${room.id}`)
    await expect(page.getByTestId("audio-stage")).toBeVisible({ timeout: 30_000 })
    await expect(page.getByTestId("audio-stage")).toContainText("深夜电台")
    await page.screenshot({ path: "out/audio-only.png" })
  } finally {
    encoder.stop()
  }
})

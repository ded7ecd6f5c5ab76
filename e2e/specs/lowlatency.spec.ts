// The live picture at its edge: how far behind it is, and what it makes of a source that leaps, dies and returns.
// KAIBO_LONG=1 goes on for ten minutes instead of one round.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom, type Push } from "./encoder"
import { figure, long } from "./goals"
import { course, handover, percentile, probe, taken, told, type Frame } from "./probe"
import { call, playing, watch } from "./server"

const LONG_MS = 600_000
const STEADY_MS = long ? 15_000 : 8_000
// Timestamps leap so long after an encoder's start: behind the steady time.
const LEAP_S = long ? 25 : 18
const SLATE_AFTER_MS = 2000

/** Sees what is painted, and remembers it. */
class Eyes {
  readonly frames: Frame[] = []

  constructor(private readonly page: Page) {}

  /** What is painted in the next so many ms. */
  async during(ms: number): Promise<Frame[]> {
    await this.look()
    const from = this.frames.length
    await this.page.waitForTimeout(ms)
    await this.look()
    return this.frames.slice(from)
  }

  /** The first new frame that is so. */
  async until(what: string, is: (frame: Frame) => boolean): Promise<Frame> {
    const from = this.frames.length
    let at = -1
    await expect(async () => {
      await this.look()
      at = this.frames.findIndex((frame, nth) => nth >= from && is(frame))
      expect(at, what).toBeGreaterThanOrEqual(0)
    }).toPass({ timeout: 60_000, intervals: [100] })
    const frame = this.frames[at]
    if (!frame) throw new Error(what)
    return frame
  }

  private async look(): Promise<void> {
    this.frames.push(...(await taken(this.page)))
  }
}

test("plays at the edge while the source leaps, drops, is stood in for, and returns", async ({ page, request }) => {
  test.setTimeout(300_000 + (long ? 2 * LONG_MS : 0))
  const base = Date.now() - 1000
  const now = () => Date.now() - base
  const room = await makeRoom(request, "低延迟验收")
  const [primary, backup] = [new Encoder(room, base), new Encoder(room, base)]
  const eyes = new Eyes(page)
  const steady: number[] = []
  const calm = { ms: 0, stalls: 0 }
  const reports = reportsOf(page)
  await probe(page, base)

  let leaps = 0
  const pushes = (push: Push) => {
    leaps = now() + LEAP_S * 1000
    primary.start(push)
  }
  const returns = async (what: string, push: Push) => {
    const started = now()
    pushes(push)
    const frame = await eyes.until(what, ({ line, pushed }) => line === "primary" && pushed !== null && pushed > started)
    figure("return_ms", frame.painted - started, what)
  }
  const keepsSteady = async (what: string) => {
    const before = await watch(page)
    const seen = course(await eyes.during(STEADY_MS))
    const after = await watch(page)
    console.log(`${what}: ${told(seen)}, ${after.stalls - before.stalls} stalls`)
    expect.soft(seen.frames, "pictures move").toBeGreaterThan(10)
    steady.push(seen.p50)
    calm.ms += STEADY_MS
    calm.stalls += after.stalls - before.stalls
  }
  const stands = (line: "primary" | "backup", how: "connected" | "ready", is: boolean) =>
    expect.poll(async () => {
      const { sources } = await call<{ sources: { source: string; connected: boolean; ready: boolean }[] }>(request, "GET", `/api/rooms/${room.id}/source`)
      return sources.find((one) => one.source === line)?.[how] ?? false
    }, { timeout: 60_000 }).toBe(is)

  try {
    await page.goto(`/r/${room.id}`)
    await expect(page.locator("[data-veil=not_started]")).toBeVisible()
    const began = now()
    pushes({ jumpAfter_s: LEAP_S })
    await playing(page)
    console.log(`who waited for the show sees it ${((await eyes.until("a picture", () => true)).painted - began).toFixed(0)} ms after the encoder's start`)
    expect((await watch(page)).rebuilds, "waiting for the first segment rebuilds nothing").toBe(0)

    for (let round = 1; round === 1 || (long && now() - began < LONG_MS); round += 1) {
      await test.step(`round ${round}`, async () => {
        await page.waitForTimeout(4000)
        await keepsSteady(`round ${round}: as it began`)

        await eyes.during(Math.max(0, leaps - now()))
        const leapt = await eyes.during(4000)
        console.log(`round ${round}: timestamps leap: ${told(course(leapt))}`)
        await eyes.until("the picture after the leap", ({ pushed }) => (pushed ?? 0) > leaps + 1000)

        primary.kill()
        await returns("a short outage", { bframes: round % 2 === 1, offset_s: 3600 * round })
        await page.waitForTimeout(4000)
        await keepsSteady(`round ${round}: another encoder`)

        backup.start({ app: "backup" })
        await stands("backup", "ready", true)
        primary.kill()
        await eyes.until("the backup's picture", (one) => one.line === "backup")
        await eyes.during(1000)
        const switched = handover(eyes.frames, "backup")
        expect(switched, "the show goes on").not.toBeNull()
        figure("switch_ms", switched?.stood ?? Infinity, "the picture stands")
        figure("switch_ms", switched?.missed ?? Infinity, "the show misses")
        await returns("from the backup", { bframes: round % 2 === 0, offset_s: 7200 * round })

        backup.stop()
        await stands("backup", "connected", false)
        await page.waitForTimeout(2000)
        const gone = now()
        primary.kill()
        const slate = await eyes.until("the slate", (one) => one.line === "slate")
        figure("slate_ms", slate.painted - gone - SLATE_AFTER_MS)
        await expect(page.locator("[data-notice=slate]")).toBeVisible()
        await returns("from the slate", { bframes: round % 2 === 1, jumpAfter_s: LEAP_S })
        await expect(page.locator("[data-notice=slate]")).toBeHidden({ timeout: 30_000 })
      })
    }

    await playing(page)
    const { rebuilds, stalls } = await watch(page)
    const all = course(eyes.frames)
    const quality = await page.locator(".stage video").evaluate((video: HTMLVideoElement) => {
      const { droppedVideoFrames, totalVideoFrames } = video.getVideoPlaybackQuality()
      return { dropped: droppedVideoFrames, total: totalVideoFrames }
    })
    console.log(`reported: ${reports.map((one) => `${one.latency_ms ?? "-"}ms/${one.stalls}x${one.stalled_ms}${one.failure ? ` ${one.failure}` : ""}`).join(", ")}`)
    console.log(`over all: ${told(all)}, ${stalls} stalls`)
    figure("delay_ms", percentile(steady, 0.5), "steady times")
    figure("delay_ms", Math.max(...steady), "the worst steady time")
    figure("stalls_per_min", (calm.stalls * 60_000) / calm.ms, "steady times")
    figure("dropped_percent", (100 * quality.dropped) / quality.total)
    expect.soft(all.backwards, "frames that went backwards").toBe(0)
    figure("rebuilds", rebuilds)
  } finally {
    primary.kill()
    backup.kill()
  }
})

test("plays where the playlist has no parts", async ({ page, request }) => {
  test.setTimeout(120_000)
  const room = await makeRoom(request, "非低延迟验收")
  const encoder = new Encoder(room, Date.now())
  // As a server with `low_latency = false` answers.
  await page.route(/\.m3u8/, async (route) => {
    const answer = await route.fetch({ url: route.request().url().replace(/&_HLS_\w+=\d+/g, "") })
    const lines = (await answer.text()).split("\n").filter((line) => !/^#EXT-X-(PART|SERVER-CONTROL|PRELOAD-HINT)/.test(line))
    await route.fulfill({ response: answer, body: lines.join("\n") })
  })
  try {
    encoder.start()
    await page.goto(`/r/${room.id}`)
    await playing(page)
    const before = await watch(page)
    await expect.poll(async () => (await watch(page)).position, { timeout: 60_000 }).toBeGreaterThan(before.position + 8)
    expect((await watch(page)).rebuilds, "rebuilds").toBe(before.rebuilds)
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

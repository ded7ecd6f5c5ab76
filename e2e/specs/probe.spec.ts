// The flash-and-beep probe in a browser: sound against picture, and how long a picture takes from the encoder to the eye.
import { expect, test, type Page } from "@playwright/test"
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { middle, offset, onsets, spelt, type Level } from "./flashes"
import { call, playing } from "./server"

const FPS = 25
const BITS = 12
const SQUARE = 24

test("rises, pairs and numbers are read", () => {
  const levels = [0, 1, 90, 95, 2, 0, 88, 0].map((level, index) => ({ at: index * 10, level }))
  expect(onsets(levels)).toEqual([20, 60])
  expect(onsets([])).toEqual([])
  expect(offset([1000, 2000, 3000], [1120, 2118, 3121])).toBe(120)
  expect(offset([1000, 2000, 3000], [950, 1949, 2951])).toBe(-50)
  expect(offset([1000], [1600])).toBeNull()
  expect(spelt([255, 10, 240])).toBe(5)
  expect(spelt([255, 120, 0])).toBeNull()
})

/** A minute whose seconds begin with a flash, `lateMs` before a beep; the frame's number stands below in squares. */
function clapper(file: string, lateMs: number): void {
  const bits = Array.from({ length: BITS }, (_, bit) =>
    `drawbox=x=${bit * SQUARE + 4}:y=152:w=${SQUARE - 4}:h=${SQUARE}:c=white:t=fill:enable='gte(mod(n,${2 ** (bit + 1)}),${2 ** bit})'`)
  const picture = [`color=black:s=320x180:r=${FPS}:d=60`, "drawbox=x=0:y=0:w=320:h=140:c=white:t=fill:enable='lt(mod(n,25),3)'", ...bits].join(",")
  const late = lateMs / 1000
  const sound = `aevalsrc='0.8*sin(2*PI*1000*t)*gte(t,${late})*lt(mod(t-${late}+1,1),0.08)':s=44100:d=60`
  execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound,
    "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", file])
}

interface Seen {
  /** When a frame was to be shown, by the page's clock since 1970; how bright it was, and its squares. */
  frames: { at: number; level: number; squares: number[] }[]
  beeps: Level[]
}

/** Looks at the picture and listens to the sound of the page's player. */
async function watchAndListen(page: Page, ms: number): Promise<Seen> {
  return page.evaluate(async ({ ms, bits, square }) => {
    const video = document.querySelector("video")
    if (!video) throw new Error("no video")
    video.muted = false
    video.volume = 1
    const seen: Seen = { frames: [], beeps: [] }
    const canvas = document.createElement("canvas")
    ;[canvas.width, canvas.height] = [320, 180]
    const draw = canvas.getContext("2d", { willReadFrequently: true })
    const luma = (x: number, y: number) => draw?.getImageData(x, y, 1, 1).data[1] ?? 0
    let over = false
    const look: VideoFrameRequestCallback = (_, about) => {
      draw?.drawImage(video, 0, 0, 320, 180)
      seen.frames.push({
        at: performance.timeOrigin + about.expectedDisplayTime, level: luma(160, 60),
        squares: Array.from({ length: bits }, (_, bit) => luma(bit * square + 4 + square / 2 - 2, 152 + square / 2)),
      })
      if (!over) video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)

    const audio = new AudioContext()
    await audio.resume()
    const ears = audio.createAnalyser()
    ears.fftSize = 8192
    audio.createMediaElementSource(video).connect(ears).connect(audio.destination)
    const samples = new Float32Array(ears.fftSize)
    let heardUntil = audio.currentTime
    // The player gives its sound away at the moment it is rendered, and shows pictures by that; what an audio device adds
    // behind it is none of the player's. The context's clock moves in steps: it is right just after one.
    let ahead = -Infinity
    const ended = performance.now() + ms
    while (performance.now() < ended) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      const now = audio.currentTime
      ears.getFloatTimeDomainData(samples)
      ahead = Math.max(ahead, now * 1000 - performance.now())
      const toPage = (at: number) => performance.timeOrigin + at * 1000 - ahead
      // Pieces of about a millisecond that were not heard before.
      const step = 48
      for (let index = 0; index + step <= samples.length; index += step) {
        const at = now - (samples.length - index) / audio.sampleRate
        if (at <= heardUntil) continue
        let level = 0
        for (let one = index; one < index + step; one += 1) level = Math.max(level, Math.abs(samples[one] ?? 0))
        seen.beeps.push({ at: toPage(at), level })
      }
      heardUntil = Math.max(heardUntil, now - step / audio.sampleRate)
    }
    over = true
    await audio.close()
    return seen
  }, { ms, bits: BITS, square: SQUARE })
}

interface Probe {
  offset: number | null
  /** From the encoder to the eye, the middle one of all frames. */
  delay: number | null
  flashes: number
}

for (const lateMs of [0, 120]) {
  test(`a beep ${lateMs} ms after its flash is seen and heard so`, async ({ browser, request }) => {
    test.setTimeout(240_000)
    const dir = mkdtempSync(join(tmpdir(), "kaibo-probe-"))
    const file = join(dir, "clapper.flv")
    clapper(file, lateMs)
    const room = await call<{ id: string; stream_key: string; push_port: number }>(request, "POST", "/api/rooms", { title: `音画探针 ${lateMs}` })
    const host = new URL(process.env.KAIBO_URL ?? "http://127.0.0.1:8080").hostname
    const push = spawn("ffmpeg", ["-nostdin", "-v", "error", "-re", "-i", file, "-c", "copy", "-progress", "pipe:1", "-stats_period", "0.1", "-flvflags", "no_duration_filesize",
      "-f", "flv", `rtmp://${host}:${room.push_port}/live/${room.stream_key}`], { stdio: ["ignore", "pipe", "inherit"] })
    // When the first frame left: the earliest that any progress allows.
    let began = Infinity
    push.stdout.setEncoding("utf8").on("data", (text: string) => {
      for (const [, us] of text.matchAll(/out_time_us=(\d+)/g)) {
        if (Number(us) > 1e6) began = Math.min(began, Date.now() - Number(us) / 1000)
      }
    })
    try {
      await expect.poll(async () => (await call<{ live: boolean }>(request, "GET", `/api/rooms/${room.id}`)).live, { timeout: 30_000 }).toBe(true)
      const page = await (await browser.newContext()).newPage()
      await page.goto(`/r/${room.id}`)
      await playing(page)
      await page.waitForTimeout(4000)
      const seen = await watchAndListen(page, 20_000)
      const found = judge(seen, began)
      console.log(`probe, beep ${lateMs} ms late: ${JSON.stringify(found)}, ${seen.frames.length} frames`)
      test.info().annotations.push({ type: "probe", description: JSON.stringify(found) })
      expect(found.flashes, "a machine that shows too few pictures finds nothing").toBeGreaterThanOrEqual(3)
      expect(Math.abs((found.offset ?? Infinity) - lateMs), "sound against picture").toBeLessThanOrEqual(40)
      expect(found.delay ?? Infinity, "from the encoder to the eye").toBeLessThan(8000)
      expect(found.delay ?? 0).toBeGreaterThan(0)
    } finally {
      push.kill("SIGKILL")
      rmSync(dir, { recursive: true, force: true })
    }
  })
}

function judge(seen: Seen, began: number): Probe {
  const numbered = seen.frames.flatMap((frame) => {
    const number = spelt(frame.squares)
    return number === null ? [] : [{ ...frame, number }]
  })
  // A flash whose first frame was skipped is set back to where it stands.
  const bright = onsets(numbered)
  const flashes = bright.flatMap((at) => {
    const frame = numbered.find((one) => one.at === at)
    const into = (frame?.number ?? 0) % FPS
    return into < 3 ? [at - (into * 1000) / FPS] : []
  })
  const delays = numbered.map((frame) => frame.at - (began + (frame.number * 1000) / FPS))
  return { offset: offset(flashes, onsets(seen.beeps)), delay: middle(delays), flashes: flashes.length }
}

// The flash-and-beep probe in a browser: sound against picture, and how long a picture takes from the encoder to the eye.
import { expect, test, type Page } from "@playwright/test"
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { middle, offset, onsets, spelt, type Level } from "./flashes"
import { figure, strict } from "./goals"
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

// Listens to every sample on the audio thread, so that a busy page misses none. Tells the loudest of each millisecond, and when it was, by the sound's clock.
const EARS = `
const STEP = 48
registerProcessor("ears", class extends AudioWorkletProcessor {
  constructor() {
    super()
    this.heard = []
  }
  process([[sound]]) {
    for (let at = 0; sound && at + STEP <= sound.length; at += STEP) {
      let level = 0
      for (let one = at; one < at + STEP; one += 1) level = Math.max(level, Math.abs(sound[one]))
      this.heard.push({ at: (currentFrame + at) / sampleRate, level })
    }
    if (this.heard.length >= 64) this.port.postMessage(this.heard.splice(0))
    return true
  }
})`

/** Looks at the picture and listens to the sound of the page's player. */
async function watchAndListen(page: Page, ms: number): Promise<Seen> {
  return page.evaluate(async ({ ms, bits, square, script }) => {
    const video = document.querySelector("video")
    if (!video) throw new Error("no video")
    video.muted = false
    video.volume = 1
    const frames: Seen["frames"] = []
    const canvas = document.createElement("canvas")
    ;[canvas.width, canvas.height] = [320, 180]
    const draw = canvas.getContext("2d", { willReadFrequently: true })
    const luma = (x: number, y: number) => draw?.getImageData(x, y, 1, 1).data[1] ?? 0
    let over = false
    const look: VideoFrameRequestCallback = (_, about) => {
      draw?.drawImage(video, 0, 0, 320, 180)
      frames.push({
        at: performance.timeOrigin + about.expectedDisplayTime, level: luma(160, 60),
        squares: Array.from({ length: bits }, (_, bit) => luma(bit * square + 4 + square / 2 - 2, 152 + square / 2)),
      })
      if (!over) video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)

    const audio = new AudioContext()
    await audio.resume()
    await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([script], { type: "text/javascript" })))
    const ears = new AudioWorkletNode(audio, "ears")
    const heard: { at: number; level: number }[] = []
    ears.port.onmessage = ({ data }) => heard.push(...(data as typeof heard))
    audio.createMediaElementSource(video).connect(ears).connect(audio.destination)
    // The player gives its sound away at the moment it is rendered, and shows pictures by that; what an audio device adds
    // behind it is none of the player's. The context's clock moves in steps: it is right just after one.
    const clocks: { at: number; ahead: number }[] = []
    const ended = performance.now() + ms
    while (performance.now() < ended) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      clocks.push({ at: audio.currentTime, ahead: audio.currentTime * 1000 - performance.now() })
    }
    over = true
    await audio.close()
    const SECOND = 1
    const beeps = heard.map(({ at, level }) => {
      const near = clocks.filter((clock) => Math.abs(clock.at - at) < SECOND).map((clock) => clock.ahead)
      return { at: performance.timeOrigin + at * 1000 - Math.max(...near), level }
    })
    return { frames, beeps: beeps.filter((beep) => Number.isFinite(beep.at)) }
  }, { ms, bits: BITS, square: SQUARE, script: EARS })
}

interface Probe {
  offset: number | null
  /** From the encoder to the eye, the middle one of all frames. */
  delay: number | null
  flashes: number
}

for (const lateMs of [0, 300]) {
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
      // The ears are a script of the test's own.
      const page = await (await browser.newContext({ bypassCSP: true })).newPage()
      await page.goto(`/r/${room.id}`)
      await playing(page)
      await page.waitForTimeout(3000)
      const seen = await watchAndListen(page, strict ? 20_000 : 12_000)
      const found = judge(seen, began)
      console.log(`probe, beep ${lateMs} ms late: ${JSON.stringify(found)}, ${seen.frames.length} frames`)
      expect(found.flashes, "flashes that were seen").toBeGreaterThanOrEqual(3)
      const error = Math.abs((found.offset ?? Infinity) - lateMs)
      expect(error, "sound against picture, roughly").toBeLessThan(150)
      figure("offset_ms", error, `a beep ${lateMs} ms late`)
      expect(found.delay ?? 0, "from the encoder to the eye").toBeGreaterThan(0)
      figure("delay_ms", found.delay ?? Infinity, "of all frames")
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

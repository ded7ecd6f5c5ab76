// The studio before a show: real encoders and fake devices are checked, and what is wrong with them is named.
import { chromium, expect, test, type Browser, type Locator, type Page } from "@playwright/test"
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import config from "../playwright.config"
import { strict } from "./goals"
import { appearance, call, signIn } from "./server"

const PICTURE = "testsrc2=s=854x480:r=30,noise=alls=8:allf=t"
/** About -20 LUFS, with the pauses of speech. */
const SOUND = "aevalsrc='0.14*sin(2*PI*330*t)*(1+0.5*sin(2*PI*2*t))*lt(mod(t,2),1.7)':s=48000,aformat=channel_layouts=stereo"
const SILENCE = "anullsrc=r=48000:cl=stereo"

/** What a busy machine fails in by itself. */
const OF_LOAD = ["upload_pace", "upload_gap", "upload_behind", "upload_jitter", "upload_stability", "upload_speed", "round_trip", "camera_rate", "frame_regularity"]

let folder = ""
/** Has been checked already. */
let known: NewRoom | null = null
test.beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "kaibo-studio-")) })
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

function ffmpeg(...args: string[]) {
  execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args])
}

/** Twenty seconds for an encoder to push. */
function film(name: string, picture: string, sound: string, ...codec: string[]): string {
  const file = join(folder, `${name}.flv`)
  const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-b:v", "2000k", "-maxrate", "2500k", "-bufsize", "2000k"]
  ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", "20", ...coded, "-c:a", "aac", "-b:a", "128k", ...codec, file)
  return file
}

interface NewRoom { id: string; stream_key: string; push_port: number }

/** Pushes until the server has seen enough, and waits for the verdict. */
async function pushed(page: Page, room: NewRoom, file: string): Promise<Locator> {
  const panel = page.getByTestId("push-check")
  await panel.getByRole("button", { name: /开始推流检测|再测一次|Check the encoder|Check again/ }).click()
  await expect(panel).toHaveAttribute("data-state", "waiting")
  const server = await panel.locator("code").first().innerText()
  expect(server).toMatch(/^rtmp:\/\/.+\/check$/)
  expect(await page.content(), "the key is never shown again").not.toContain(room.stream_key)
  const encoder = spawn("ffmpeg", ["-nostdin", "-v", "error", "-re", "-i", file, "-c", "copy", "-flvflags", "no_duration_filesize", "-f", "flv", `${server}/${room.stream_key}`], { stdio: "ignore" })
  try {
    await expect(panel.getByRole("progressbar")).toBeVisible({ timeout: 20_000 })
    await page.waitForTimeout(1500)
    await picture(page, "measuring")
    await expect(panel).toHaveAttribute("data-state", "done", { timeout: 150_000 })
  } finally {
    encoder.kill("SIGKILL")
  }
  return panel
}

/** The codes that stand so, without those of a busy machine. */
async function codes(panel: Locator, level: string): Promise<string[]> {
  const all = await panel.locator(`[data-level=${level}]`).evaluateAll((found) => found.map((one) => (one as HTMLElement).dataset.code ?? ""))
  const ofLoad = all.filter((code) => OF_LOAD.includes(code))
  if (level === "fail" && ofLoad.length > 0) console.log(`failed for the machine's load: ${ofLoad.join(", ")}`)
  return strict ? all : all.filter((code) => !OF_LOAD.includes(code))
}

async function picture(page: Page, name: string) {
  await page.screenshot({ path: `out/studio-${name}.png` })
}

async function room(page: Page): Promise<NewRoom> {
  const made = await call<NewRoom>(page.request, "POST", "/api/rooms", { title: `开播检测 ${Date.now() % 100_000}` })
  await signIn(page)
  await page.goto(`/console/studio?room=${made.id}`)
  await page.getByTestId("push-check").waitFor()
  return made
}

test("a good encoder passes and may go live; a bad one fails with the right reasons", async ({ page }) => {
  test.setTimeout(900_000)
  const made = await room(page)
  await picture(page, "empty")
  const go = page.getByTestId("go-live")
  await expect(go).toHaveAttribute("data-standing", "none")

  const good = await pushed(page, made, film("good", PICTURE, SOUND, "-g", "60", "-keyint_min", "60"))
  await picture(page, "good")
  expect(await codes(good, "fail")).toEqual([])
  expect(await codes(good, "unchecked")).toEqual([])
  await expect(go).toHaveAttribute("data-standing", strict ? /pass|warn/ : /pass|warn|fail/)
  await expect(go.locator("code")).toHaveText(/^rtmp:\/\/.+\/live$/)
  const seen = await call<{ live: boolean; broadcast_id?: string | null }>(page.request, "GET", `/api/rooms/${made.id}`)
  expect(seen.live, "never on air").toBe(false)
  expect(seen.broadcast_id ?? null, "no show was made of it").toBeNull()

  const dead = await pushed(page, made, film("dead", "color=black:s=854x480:r=30", SILENCE, "-g", "60"))
  expect(await codes(dead, "fail")).toEqual(["picture_black", "silence"])
  await expect(go).toHaveAttribute("data-standing", "fail")
  await picture(page, "dead")

  const rare = await pushed(page, made, film("rare", "testsrc2=s=854x480:r=8,noise=alls=8:allf=t", SOUND, "-g", "80", "-keyint_min", "80"))
  expect(await codes(rare, "fail")).toEqual(["frame_rate", "gop"])
  await picture(page, "rare")
  await expect(page.getByRole("region", { name: "检测记录" }).getByRole("listitem")).toHaveCount(3)
  known = made
})

/** A browser with a camera and a microphone that play files. */
async function studio(camera: string | null, sound: string | null): Promise<Browser> {
  const args = [...(config.use?.launchOptions?.args ?? []), "--use-fake-ui-for-media-stream"]
  if (camera !== null && sound !== null) {
    const [film, tone] = [join(folder, "camera.mjpeg"), join(folder, "microphone.wav")]
    ffmpeg("-f", "lavfi", "-i", camera, "-t", "3", "-q:v", "5", film)
    ffmpeg("-f", "lavfi", "-i", sound, "-t", "8", tone)
    args.push("--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`, `--use-file-for-fake-audio-capture=${tone}`)
  }
  return chromium.launch({ executablePath: config.use?.launchOptions?.executablePath, args })
}

/** Runs the device check; which codes did not pass. */
async function checked(camera: string | null, sound: string | null, name: string): Promise<{ fail: string[]; pass: string[]; looked: string[] }> {
  const browser = await studio(camera, sound)
  try {
    const context = await browser.newContext({ baseURL: config.use?.baseURL, viewport: { width: 1440, height: 900 }, locale: "zh-CN" })
    await context.grantPermissions(["camera", "microphone"])
    const page = await context.newPage()
    await room(page)
    const panel = page.getByTestId("device-check")
    await panel.getByRole("button", { name: "开始本机检测" }).click()
    await expect(panel).toHaveAttribute("data-state", "running")
    await page.waitForTimeout(1500)
    await picture(page, `device-${name}-running`)
    await expect(panel).toHaveAttribute("data-state", "done", { timeout: 60_000 })
    await picture(page, `device-${name}`)
    const looked = await panel.locator("[data-level]:not([data-level=unchecked])").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.code ?? ""))
    return { fail: await codes(panel, "fail"), pass: await codes(panel, "pass"), looked }
  } finally {
    await browser.close()
  }
}

test("camera, microphone and line of this device are checked", async () => {
  const found = await checked("testsrc2=s=1280x720:r=30", SOUND, "good")
  expect(found.fail).toEqual([])
  expect(found.pass).toEqual(expect.arrayContaining(["camera", "camera_size", "picture_black", "picture_frozen", "microphone", "silence", "mic_level", ...(strict ? ["upload_speed", "round_trip"] : [])]))
})

test("a covered camera and a muted microphone fail", async () => {
  const found = await checked("color=black:s=1280x720:r=30", SILENCE, "dead")
  expect(found.fail).toEqual(["picture_black", "silence"])
})

test("no camera and no microphone fail, the line is checked all the same", async () => {
  const found = await checked(null, null, "none")
  expect(found.fail).toEqual(["camera", "microphone"])
  expect(found.looked, "the line is looked at").toEqual(expect.arrayContaining(["upload_speed"]))
})

test("fits a desktop and a phone", async ({ browser }) => {
  test.setTimeout(300_000)
  let made = known
  for (const [size, viewport, theme, language] of [["desktop", { width: 1440, height: 900 }, "light", "zh-CN"], ["phone", { width: 390, height: 844 }, "dark", "en"]] as const) {
    const context = await browser.newContext({ viewport })
    await appearance(context, theme, language)
    const page = await context.newPage()
    if (made === null) {
      made = await room(page)
      await pushed(page, made, film("mixed", "testsrc2=s=640x360:r=15", `${SOUND},volume=-8dB`, "-g", "90"))
    } else {
      await signIn(page)
      await page.goto(`/console/studio?room=${made.id}`)
    }
    await page.getByTestId("verdict").first().waitFor()
    await page.screenshot({ path: `out/studio-${size}-${theme}-${language}.png`, fullPage: true })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow, `${size} scrolls sideways`).toBeLessThanOrEqual(0)
    await context.close()
  }
})

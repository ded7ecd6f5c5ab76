// What a browser makes of other codecs than the usual, and of an encoder that changes them in the middle of a show.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { film } from "./film"
import { Pusher } from "./pusher"
import { playing, watch } from "./server"

const size = (page: Page) => page.locator(".stage video").evaluate((video: HTMLVideoElement) => `${video.videoWidth}x${video.videoHeight}`)

/** The picture moves, without having been built anew since `rebuilds`. */
async function movesOn(page: Page, rebuilds = 0): Promise<void> {
  await playing(page)
  const before = await watch(page)
  await expect.poll(async () => (await watch(page)).position, { timeout: 30_000 }).toBeGreaterThan(before.position + 2)
  expect((await watch(page)).rebuilds, "rebuilds").toBe(rebuilds)
}

test("AV1 plays", async ({ page, request }) => {
  const room = await makeRoom(request, "AV1 验收")
  const pusher = new Pusher(room)
  try {
    await pusher.play(film({ codec: "av1" }))
    await page.goto(`/r/${room.id}`)
    await movesOn(page)
    expect(await size(page)).toBe("320x180")
  } finally {
    pusher.kill()
  }
})

test("a show without sound plays", async ({ page, request }) => {
  const room = await makeRoom(request, "无声验收")
  const pusher = new Pusher(room)
  try {
    await pusher.play(film({ silent: true }))
    await page.goto(`/r/${room.id}`)
    await movesOn(page)
    expect(await size(page)).toBe("320x180")
  } finally {
    pusher.kill()
  }
})

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

test("another size and another profile in the middle of a show play on", async ({ page, request }) => {
  const room = await makeRoom(request, "变更编码验收")
  const pusher = new Pusher(room)
  try {
    await pusher.play(film({ profile: "baseline" }))
    await page.goto(`/r/${room.id}`)
    await movesOn(page)
    await pusher.play(film({ size: "640x360", profile: "high" }))
    await expect.poll(() => size(page), { timeout: 30_000 }).toBe("640x360")
    await movesOn(page)
  } finally {
    pusher.kill()
  }
})

test("a browser without the decoder says so, and plays once the encoder sends another codec", async ({ page, request }) => {
  test.setTimeout(180_000)
  const room = await makeRoom(request, "HEVC 验收")
  const [usual, foreign] = [film(), film({ codec: "hevc" })]
  const notice = page.locator("[data-veil=unsupported]")
  let pusher = new Pusher(room)
  try {
    await pusher.play(foreign)
    await page.goto(`/r/${room.id}`)
    test.skip(await page.evaluate(() => MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"')), "this browser has the decoder")
    await expect(notice).toContainText("浏览器不支持该编码", { timeout: 30_000 })
    await page.screenshot({ path: "out/unsupported-codec.png" })

    await test.step("another encoder comes", async () => {
      pusher.kill()
      pusher = new Pusher(room)
      await pusher.play(usual)
      await playing(page)
      await expect(notice).toBeHidden()
    })
    await test.step("and changes its codec while it pushes", async () => {
      await pusher.play(foreign)
      await expect(notice).toBeVisible({ timeout: 60_000 })
      await pusher.play(usual)
      await playing(page)
      await expect(notice).toBeHidden({ timeout: 60_000 })
    })
  } finally {
    pusher.kill()
  }
})

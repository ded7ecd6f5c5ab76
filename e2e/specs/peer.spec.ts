// One push to Kaibo and the same to nginx-rtmp, both played by hls.js: how long a frame is under way to the screen.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { figure } from "./goals"
import { hasNginx, Nginx } from "./nginx"
import { course, probe, taken, told, type Course } from "./probe"
import { playing } from "./server"

// A show that has been running for as long as its playlist is.
const RUNNING_MS = 14_000
const SETTLE_MS = 6000
const WATCH_MS = 12_000

async function seen(page: Page, who: string): Promise<Course> {
  await page.waitForTimeout(SETTLE_MS)
  await taken(page)
  await page.waitForTimeout(WATCH_MS)
  const all = course(await taken(page))
  console.log(`${who}: ${told(all)}`)
  expect(all.frames, "pictures move").toBeGreaterThan(100)
  return all
}

test("a frame is on the screen sooner than by nginx-rtmp", async ({ browser, request }) => {
  test.skip(!hasNginx, "nginx's RTMP module is not installed")
  test.setTimeout(180_000)
  const base = Date.now() - 1000
  const room = await makeRoom(request, "与 nginx 对比")
  const nginx = new Nginx()
  const encoder = new Encoder(room, base)
  await nginx.start()
  const peer = new Encoder({ id: "", stream_key: "show", push_port: nginx.rtmp }, base)
  try {
    encoder.start()
    peer.start()
    const ours = await browser.newPage()
    await ours.waitForTimeout(RUNNING_MS)
    await probe(ours, base)
    await ours.goto(`/r/${room.id}`)
    await playing(ours)
    const kaibo = await seen(ours, "Kaibo")
    await ours.close()

    const theirs = await browser.newPage()
    await probe(theirs, base)
    await theirs.goto(`http://127.0.0.1:${nginx.http}/index.html`)
    await expect.poll(() => theirs.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime), { timeout: 60_000 }).toBeGreaterThan(1)
    const other = await seen(theirs, "nginx-rtmp")
    figure("of_nginx", kaibo.p50 / other.p50, "the middle of all frames")
    expect(kaibo.p50, "sooner").toBeLessThan(other.p50)
  } finally {
    encoder.kill()
    peer.kill()
    nginx.stop()
  }
})

// What the page says when a show, an encoder or a token comes to its end.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { figure } from "./goals"
import { call, playing, refuseFirstToken, watch } from "./server"

/** How long the page took to say it, ms. */
async function said(page: Page, what: string, from: number): Promise<number> {
  await expect(page.locator(what)).toBeVisible({ timeout: 60_000 })
  return Date.now() - from
}

test("an ended show says so, and a new one begins by itself", async ({ page, request }) => {
  test.setTimeout(180_000)
  const room = await makeRoom(request, "下播验收")
  const encoder = new Encoder(room, Date.now())
  try {
    encoder.start()
    await page.goto(`/r/${room.id}`)
    await playing(page)
    const { broadcast_id } = await call<{ broadcast_id: string }>(request, "GET", `/api/rooms/${room.id}`)
    await call(request, "POST", `/api/broadcasts/${broadcast_id}/end`)
    const ended = Date.now()
    encoder.kill()
    await expect(page.locator(".about .pill")).toHaveText("未直播", { timeout: 60_000 })
    figure("said_ms", await said(page, "[data-veil=ended]", ended), "the show's end")
    await expect(page.locator("[data-veil=ended]")).toContainText("直播已结束")
    encoder.start()
    await playing(page)
    await expect(page.locator("[data-veil]")).toHaveCount(0)
  } finally {
    encoder.kill()
  }
})

test("an encoder whose key is taken away is off, and the page says that it waits", async ({ page, request }) => {
  test.setTimeout(120_000)
  const room = await makeRoom(request, "换钥验收")
  const encoder = new Encoder(room, Date.now())
  try {
    encoder.start()
    await page.goto(`/r/${room.id}`)
    await playing(page)
    await call(request, "POST", `/api/rooms/${room.id}/stream-key`)
    const kicked = Date.now()
    figure("said_ms", await said(page, "[data-notice=slate], [data-veil=away]", kicked), "the key is another one, a slate's wait of 2 s in it")
    await expect.poll(() => encoder.running, { timeout: 60_000 }).toBe(false)
  } finally {
    encoder.kill()
  }
})

test("a token that is refused is renewed, and the picture comes", async ({ page, request }) => {
  const room = await makeRoom(request, "令牌验收")
  const encoder = new Encoder(room, Date.now())
  try {
    encoder.start()
    const refused = await refuseFirstToken(page)
    await page.goto(`/r/${room.id}`)
    await playing(page)
    expect(refused.times, "it was refused first").toBeGreaterThan(0)
  } finally {
    encoder.kill()
  }
})

test("who paused stays paused when the source comes back, and goes on at the edge", async ({ page, request }) => {
  test.setTimeout(120_000)
  const room = await makeRoom(request, "暂停验收")
  const encoder = new Encoder(room, Date.now())
  try {
    encoder.start()
    await page.goto(`/r/${room.id}`)
    await playing(page)
    await page.locator(".stage").hover()
    await page.getByRole("button", { name: "暂停" }).click()
    await expect(page.getByTestId("stage")).toHaveAttribute("data-phase", "paused")
    const { rebuilds } = await watch(page)
    encoder.kill()
    encoder.start({ offset_s: 100 })
    // Longer than the page waits before it builds a standing picture anew.
    await page.waitForTimeout(8000)
    expect(await watch(page)).toMatchObject({ phase: "paused", rebuilds })
    await page.locator(".big-play").click()
    await playing(page)
    const after = await watch(page)
    await expect.poll(async () => (await watch(page)).position, { timeout: 60_000 }).toBeGreaterThan(after.position + 1)
  } finally {
    encoder.kill()
  }
})

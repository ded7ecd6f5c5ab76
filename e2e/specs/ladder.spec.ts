// The bit-rate ladder: switched on and off while viewers watch, chosen from, and left where a rung goes.
import { expect, test, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { call, playing, signIn, watch } from "./server"

// A slow machine takes its time to start ffmpeg, and pages read a list again at a time of their own.
const PATIENCE = { timeout: 90_000 }

const quality = (page: Page) => page.getByRole("combobox", { name: "清晰度" })
const lines = (page: Page) => page.locator(".stage video").evaluate((video: HTMLVideoElement) => video.videoHeight)

async function choices(page: Page): Promise<string[]> {
  return (await quality(page).count()) === 0 ? [] : quality(page).locator("option").allTextContents()
}

/** The picture moves, and was not built anew since. */
async function movesOn(page: Page, rebuilds: number): Promise<void> {
  const { position } = await watch(page)
  await expect.poll(async () => (await watch(page)).position, PATIENCE).toBeGreaterThan(position + 1)
  expect((await watch(page)).rebuilds).toBe(rebuilds)
}

test("is switched on and off while viewers watch", async ({ page, context, request }) => {
  test.setTimeout(300_000)
  const room = await makeRoom(request, "码率自适应验收")
  const encoder = new Encoder(room, Date.now())
  const viewer = await context.newPage()
  try {
    encoder.start()
    await viewer.goto(`/r/${room.id}`)
    await playing(viewer)
    await expect(quality(viewer)).toHaveCount(0)
    const { rebuilds } = await watch(viewer)

    await signIn(page)
    await page.goto(`/console/sources?room=${room.id}`)
    const panel = page.getByTestId("ladder")
    await expect(panel).toContainText("已关闭")
    for (const other of ["720p", "480p", "360p"]) await panel.getByRole("checkbox", { name: other }).uncheck()
    await panel.getByRole("checkbox", { name: "240p" }).check()
    await panel.getByRole("switch").click()
    await panel.getByRole("button", { name: "保存" }).click()
    await expect(panel.locator(".panel-head")).toContainText("运行中", PATIENCE)
    await expect(panel.getByTestId("rung-240")).toContainText("可选")
    await expect(panel.getByTestId("ladder-load")).toContainText("本机正在做 1 路")
    await panel.screenshot({ path: "out/ladder.png" })

    // Who came before the rungs is offered them without a click.
    await expect.poll(() => choices(viewer), PATIENCE).toEqual(["自动", "原画", "240p"])
    await movesOn(viewer, rebuilds)
    await quality(viewer).selectOption("240p")
    await expect.poll(() => lines(viewer), PATIENCE).toBe(240)
    await movesOn(viewer, rebuilds)
    await viewer.screenshot({ path: "out/ladder-240p.png" })

    // Who comes now has them at once.
    const later = await context.newPage()
    await later.goto(`/r/${room.id}`)
    await playing(later)
    await expect.poll(() => choices(later), PATIENCE).toEqual(["自动", "原画", "240p"])
    await later.close()

    await panel.getByRole("switch").click()
    await panel.getByRole("button", { name: "保存" }).click()
    await expect(panel.locator(".panel-head")).toContainText("已关闭")
    await expect.poll(() => lines(viewer), PATIENCE).toBe(360)
    await movesOn(viewer, rebuilds)
    await expect(quality(viewer)).toHaveCount(0)
  } finally {
    encoder.stop()
  }
})

test("a rung that goes with a large source is left, and taken again", async ({ page, request }) => {
  test.setTimeout(300_000)
  const room = await makeRoom(request, "档位来去")
  const [primary, backup] = [new Encoder(room, Date.now()), new Encoder(room, Date.now())]
  try {
    await call(request, "PUT", `/api/rooms/${room.id}/ladder`, { enabled: true, rungs: [240, 144] })
    primary.start()
    await page.goto(`/r/${room.id}`)
    await playing(page)
    // The page waited for the show, and got the rungs with it.
    await expect.poll(() => choices(page), PATIENCE).toEqual(["自动", "原画", "240p", "144p"])
    await quality(page).selectOption("240p")
    await expect.poll(() => lines(page), PATIENCE).toBe(240)
    backup.start({ app: "backup", size: "320x180" })
    await expect.poll(async () => JSON.stringify(await call(request, "GET", `/api/rooms/${room.id}/source`)), PATIENCE).toMatch(/"backup","connected":true,"flowing":true,"ready":true/)
    const { rebuilds } = await watch(page)

    primary.kill()
    await expect.poll(() => choices(page), PATIENCE).toEqual(["自动", "原画", "144p"])
    await expect.poll(() => lines(page), PATIENCE).toBeLessThanOrEqual(180)
    await movesOn(page, rebuilds)
    primary.start()
    await expect.poll(() => lines(page), PATIENCE).toBe(240)
    await expect(quality(page).locator("option:checked")).toHaveText("240p")
    await movesOn(page, rebuilds)
  } finally {
    primary.kill()
    backup.kill()
  }
})

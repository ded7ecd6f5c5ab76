// The room page with a live stream: it plays on, and what one viewer says flies over another's picture.
import { expect, test } from "@playwright/test"
import { figure, strict } from "./goals"
import { call, playing, server, signIn, watch } from "./server"

const SAID = `你好 ${Date.now()}`

test("plays on, a second viewer's danmaku flies over it, and the console agrees", async ({ browser, request }) => {
  test.setTimeout(240_000)
  const first = await (await browser.newContext()).newPage()
  let firstFrame: number | undefined
  first.on("request", (sent) => {
    if (sent.url().includes("/playback")) firstFrame ??= (sent.postDataJSON() as { first_frame_ms?: number }).first_frame_ms
  })
  await first.goto(`/r/${server.room()}`)
  await playing(first)
  await first.waitForTimeout(3000)
  const before = await watch(first)
  const began = Date.now()

  await test.step("a second viewer speaks", async () => {
    const second = await (await browser.newContext()).newPage()
    await second.goto(`/r/${server.room()}`)
    await playing(second)
    await second.getByRole("textbox").fill(SAID)
    await second.keyboard.press("Enter")
    await expect(second.locator(".line.own", { hasText: SAID })).toHaveAttribute("data-delivery", "sent")
    await expect(first.locator(".flight", { hasText: SAID })).toBeAttached()
    await expect(first.getByTestId("chat").getByText(SAID)).toBeVisible()
    const box = await first.locator(".flight", { hasText: SAID }).boundingBox()
    await first.waitForTimeout(500)
    const later = await first.locator(".flight", { hasText: SAID }).boundingBox()
    expect(later?.x ?? 0, "it moves from right to left").toBeLessThan(box?.x ?? 0)
    await first.screenshot({ path: "out/danmaku-over-video.png" })
    await second.getByRole("button", { name: "点赞" }).click()
    await second.waitForTimeout(1500)
  })

  await test.step("it plays on", async () => {
    // At full length where figures count.
    await first.waitForTimeout(strict ? 30_000 : 6000)
    const after = await watch(first)
    const wall_ms = Date.now() - began
    expect(after.rebuilds, "rebuilds").toBe(before.rebuilds)
    expect(after.position, "it goes forward").toBeGreaterThan(before.position + 1)
    await playing(first)
    await expect.poll(() => firstFrame, { timeout: 30_000 }).toBeDefined()
    figure("first_frame_ms", firstFrame ?? Infinity)
    figure("stalls_per_min", ((after.stalls - before.stalls) * 60_000) / wall_ms)
    figure("not_played_percent", 100 - ((after.position - before.position) * 100_000) / wall_ms)
  })

  await test.step("the console agrees with the API", async () => {
    const room = await call<{ broadcast_id: string }>(request, "GET", `/api/rooms/${server.room()}`)
    const console_ = await (await browser.newContext()).newPage()
    await signIn(console_)
    await console_.goto(`/console/live?room=${server.room()}`)
    const tile = (id: string) => console_.locator(`[data-metric=${id}]`)
    await console_.getByRole("textbox", { name: "搜索弹幕" }).fill(SAID)
    await expect(console_.locator(".danmaku-row", { hasText: SAID })).toBeVisible()
    await console_.getByRole("textbox", { name: "搜索弹幕" }).fill("")
    // Both move on: compare what one moment's answers say, again until they meet.
    await expect(async () => {
      const ids = "view_uv,view_pv,danmaku_count,online"
      const metrics = await call<{ id: string; live: number | null }[]>(request, "GET", `/api/metrics?ids=${ids}&broadcast=${room.broadcast_id}`)
      for (const metric of metrics) await expect(tile(metric.id)).toHaveAttribute("data-value", String(metric.live ?? ""), { timeout: 2500 })
      expect(metrics.find((metric) => metric.id === "view_uv")?.live ?? 0).toBeGreaterThanOrEqual(2)
      expect(metrics.find((metric) => metric.id === "danmaku_count")?.live ?? 0).toBeGreaterThanOrEqual(1)
    }).toPass({ timeout: 60_000 })
    await console_.screenshot({ path: "out/console-live.png" })
  })
})

test("the room page comes back by itself when the network was away", async ({ page, context }) => {
  await page.goto(`/r/${server.room()}`)
  await playing(page)
  await context.setOffline(true)
  await page.waitForTimeout(4000)
  await page.getByRole("textbox").fill("断网时说的")
  await page.keyboard.press("Enter")
  await context.setOffline(false)
  await playing(page)
  await expect(page.locator(".line.own", { hasText: "断网时说的" })).toHaveAttribute("data-delivery", "sent", { timeout: 60_000 })
})

test("a message too long is refused where it is typed, an unknown room says so", async ({ page }) => {
  await page.goto(`/r/${server.room()}`)
  await page.getByRole("textbox").fill("长".repeat(201))
  await expect(page.getByRole("button", { name: "发送" })).toBeDisabled()
  await page.goto("/r/00000000-0000-7000-8000-000000000000")
  await expect(page.getByRole("heading", { name: "没有这个直播间" })).toBeVisible()
})

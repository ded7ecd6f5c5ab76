// The room page with a live stream: it plays without a stall, and what one viewer says flies over another's picture.
import { expect, test } from "@playwright/test"
import { call, playing, server, signIn, watch } from "./server"

const SAID = `你好 ${Date.now()}`

test("plays 30 s without a stall, a second viewer's danmaku flies over it, and the console agrees", async ({ browser, request }) => {
  test.setTimeout(240_000)
  const first = await (await browser.newContext()).newPage()
  await first.goto(`/r/${server.room()}`)
  await playing(first)
  // The first seconds may still fill the buffer; from here on nothing may stop.
  await first.waitForTimeout(3000)
  const before = await watch(first)

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

  await test.step("30 s without a stall", async () => {
    const began = Date.now()
    await first.waitForTimeout(30_000)
    const after = await watch(first)
    const wall_s = (Date.now() - began) / 1000
    expect(after.stalls, "stalls").toBe(before.stalls)
    expect(after.rebuilds, "rebuilds").toBe(before.rebuilds)
    expect(after.phase).toBe("playing")
    expect(after.position - before.position, "seconds played").toBeGreaterThan(wall_s * 0.97)
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

// Kaibo's own SDK on a page of another origin: every event counts once, also over a lost connection and a page that is left.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "@playwright/test"
import { call } from "./server"

interface Source {
  id: string
  accepted: number
  rejected: number
}

let shop: Server
let origin = ""

test.beforeAll(async ({ baseURL }) => {
  const html = `<!doctype html><meta charset=utf-8><title>Shop</title><button data-kaibo="BuyClicked" data-kaibo-sku="7">Buy</button>
    <p data-kaibo-exposure="BannerSeen" style="height:80px">Banner</p><script src="${baseURL}/sdk/kaibo.js"></script>`
  shop = createServer((_, response) => { response.writeHead(200, { "content-type": "text/html" }).end(html) })
  await new Promise<void>((done) => shop.listen(0, "127.0.0.1", done))
  origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
})

test.afterAll(() => { shop.close() })

test("every event counts once, offline and back", async ({ browser, request }) => {
  const made = await call<{ id: string; write_key: string }>(request, "POST", "/api/collect/sources", { name: "own pages", kind: "web" })
  const context = await browser.newContext()
  const page = await context.newPage()
  const start = (key: string) => { (window as unknown as { kaibo: { init: (key: string, options: object) => void } }).kaibo.init(key, { heartbeat_s: 0 }) }
  const track = (name: string) => { (window as unknown as { kaibo: { track: (name: string) => void } }).kaibo.track(name) }
  const counted = async () => (await call<{ items: Source[] }>(request, "GET", "/api/collect/sources")).items.find((one) => one.id === made.id)
  await page.goto(`${origin}/?utm_source=douyin`)
  await page.evaluate(start, made.write_key)
  await page.getByRole("button", { name: "Buy" }).click()
  await page.evaluate(() => history.pushState(null, "", "/cart"))
  // Two pages, a click, the banner.
  await expect.poll(async () => (await counted())?.accepted).toBe(4)
  await context.setOffline(true)
  await page.evaluate(track, "WhileOffline")
  await page.waitForTimeout(2_500)
  expect((await counted())?.accepted).toBe(4)
  await context.setOffline(false)
  await expect.poll(async () => (await counted())?.accepted).toBe(5)
  // Said and left at once: a beacon takes it, and what the next page sends again is known.
  await page.evaluate(track, "Leaving")
  await page.goto(`${origin}/thanks`)
  await page.evaluate(start, made.write_key)
  // The page view of the next page and its banner.
  await expect.poll(async () => (await counted())?.accepted).toBe(8)
  await page.waitForTimeout(2_000)
  expect(await counted()).toMatchObject({ accepted: 8, rejected: 0 })
  await context.close()
})

import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { build } from "vite"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { create, type Options } from "./kaibo"

interface Sent {
  writeKey: string
  sentAt: string
  batch: { type: string; event?: string; messageId: string; timestamp: string; userId?: string; anonymousId: string; context: { campaign?: object; sessionId: string } }[]
}

interface Told {
  through: string
  answers: { purpose: string; version: number; given: boolean }[]
}

class Page {
  /** What the server knows of the viewer's consent, and what it was told. */
  record: { version?: number; may?: boolean; given?: boolean; said_at_ms?: number } = {}
  said: Told[] = []
  storage = new Map<string, string>()
  sent: Sent[] = []
  beacons: Sent[] = []
  /** What the server answers; 0 is no connection. */
  status = 200
  address = new URL("https://shop.example/?utm_source=douyin&utm_campaign=1111")
  heard: Record<string, (() => void)[]> = {}
  kaibo

  constructor(options: Options = {}, before?: Page) {
    if (before) this.storage = before.storage
    const { storage } = this
    const page = {
      document: { title: "Shop", referrer: "", visibilityState: "visible", documentElement: {}, addEventListener: () => undefined, querySelectorAll: () => [] },
      location: this.address,
      navigator: { language: "zh-CN", sendBeacon: (_: string, body: string) => this.beacons.push(JSON.parse(body) as Sent) > 0 },
      localStorage: { getItem: (name: string) => storage.get(name) ?? null, setItem: (name: string, value: string) => storage.set(name, value), removeItem: (name: string) => storage.delete(name) },
      history: { pushState: (_: unknown, __: string, to: string) => { this.address.href = new URL(to, this.address).href }, replaceState: () => undefined },
      crypto, Element: Object, MutationObserver: class { observe = () => undefined },
      setTimeout, clearTimeout, setInterval,
      addEventListener: (name: string, act: () => void) => { (this.heard[name] ??= []).push(act) },
      fetch: (path: string, { body, method }: { body: string; method?: string }) => {
        if (this.status === 0) return Promise.reject(new Error("offline"))
        if (path.includes("/consent?")) {
          if (method === "PUT") {
            const said = JSON.parse(body) as Told
            this.said.push(said)
            this.record = { ...this.record, ...said.answers[0] }
          }
          return Promise.resolve({ status: this.status, json: () => Promise.resolve({ purposes: [{ purpose: "analytics", ...this.record }] }) })
        }
        this.sent.push(JSON.parse(body) as Sent)
        return Promise.resolve({ status: this.status })
      },
    }
    this.history = page.history
    this.kaibo = create(page as unknown as Window & typeof globalThis, "https://kaibo.example")
    this.kaibo.init("kbw_x", { pages: false, heartbeat_s: 0, ...options })
  }

  history: { pushState: (state: unknown, title: string, to: string) => void }
  events = () => this.sent.flatMap(({ batch }) => batch)
  names = () => this.events().map(({ event, type }) => event ?? type)
  fire = (name: string) => { for (const act of this.heard[name] ?? []) act() }
  wait = (ms: number) => vi.advanceTimersByTimeAsync(ms)
}

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

test("what is tracked is sent once, in batches, with who and where from", async () => {
  const page = new Page()
  page.kaibo.identify("u1", { plan: "pro" })
  for (let n = 0; n < 60; n++) page.kaibo.track("Seen", { n })
  await page.wait(5_000)
  expect(page.sent.map(({ batch }) => batch.length).reduce((a, b) => a + b)).toBe(61)
  expect(Math.max(...page.sent.map(({ batch }) => batch.length))).toBeLessThanOrEqual(50)
  expect(new Set(page.events().map((one) => one.messageId)).size).toBe(61)
  expect(page.events()[1]).toMatchObject({ type: "track", event: "Seen", userId: "u1", context: { channel: "browser", campaign: { source: "douyin", name: "1111" } } })
  expect(page.sent[0]?.writeKey).toBe("kbw_x")
})

test("offline it waits, tries less and less often, and sends the same ids", async () => {
  const page = new Page()
  page.status = 503
  page.kaibo.track("A")
  await page.wait(600_000)
  const tries = page.sent.length
  expect(tries).toBeGreaterThan(5)
  expect(tries).toBeLessThan(30)
  expect(new Set(page.events().map((one) => one.messageId)).size).toBe(1)
  page.status = 0
  page.kaibo.track("B")
  await page.wait(60_000)
  // The page is closed; the next one finds what waits.
  const next = new Page({}, page)
  await next.wait(5_000)
  expect(next.names()).toEqual(["A", "B"])
  expect(next.events()[0]?.messageId).toBe(page.events()[0]?.messageId)
  await next.wait(60_000)
  expect(next.sent.length).toBe(1)
})

test("the queue is bounded, and loses the oldest", async () => {
  const page = new Page()
  page.status = 0
  for (let n = 0; n < 300; n++) page.kaibo.track(`E${n}`)
  page.kaibo.track("Long", { text: "长".repeat(50_000) })
  page.status = 200
  page.fire("online")
  await page.wait(10_000)
  expect([page.names().length, page.names()[0], page.names().at(-1)]).toEqual([200, "E100", "E299"])
})

test("leaving, a beacon takes what waits; the next page sends it again under its own id", async () => {
  const page = new Page()
  page.kaibo.track("A")
  page.fire("pagehide")
  expect(page.beacons.flatMap(({ batch }) => batch.map((one) => one.event))).toEqual(["A"])
  page.fire("pagehide")
  expect(page.beacons.length).toBe(1)
  const next = new Page({}, page)
  await next.wait(5_000)
  // It goes again with its id, which the server knows: whether the beacon arrived is not told.
  expect(next.events().map((one) => one.messageId)).toEqual([page.beacons[0]?.batch[0]?.messageId])
})

test("nothing is stored or sent before consent, and nothing is left after it is withdrawn", async () => {
  const page = new Page({ consent: "ask", pages: true })
  page.kaibo.track("Before")
  page.kaibo.identify("u1")
  page.fire("pagehide")
  await page.wait(60_000)
  expect([page.storage.size, page.sent.length, page.beacons.length]).toEqual([0, 0, 0])
  page.kaibo.consent(true)
  await page.wait(2_000)
  expect(page.names()).toEqual(["page"])
  page.kaibo.track("After")
  page.kaibo.consent(false)
  await page.wait(60_000)
  expect([[...page.storage.keys()], page.names().length]).toEqual([["kaibo.consent"], 1])
})

test("a withdrawal holds for later visits, whatever the page says", async () => {
  const page = new Page()
  page.kaibo.consent(false)
  const next = new Page({ consent: "given" }, page)
  next.kaibo.track("Later")
  await next.wait(60_000)
  expect(next.sent.length).toBe(0)
  next.kaibo.consent(true)
  const third = new Page({ consent: "ask" }, next)
  third.kaibo.track("Again")
  await third.wait(2_000)
  expect(third.names()).toEqual(["Again"])
})

test("what a visitor says reaches the record of the viewer, once, also after a lost connection", async () => {
  const page = new Page({ consent: "ask" })
  page.record = { version: 3, may: false }
  page.kaibo.consent(true)
  page.status = 0
  page.kaibo.viewer("r1", "t1")
  await page.wait(1_000)
  expect([page.said, page.storage.get("kaibo.consent")]).toEqual([[], "yes!"])
  page.status = 200
  page.fire("online")
  await page.wait(1_000)
  expect(page.said).toEqual([{ through: "sdk", answers: [{ purpose: "analytics", version: 3, given: true }] }])
  expect(page.storage.get("kaibo.consent")).toBe("yes")
  page.kaibo.consent(false)
  page.kaibo.consent(false)
  await page.wait(1_000)
  expect(page.said.map(({ answers }) => answers[0]?.given)).toEqual([true, false])
})

test("what the viewer took back elsewhere stops the collection here", async () => {
  const page = new Page()
  page.record = { version: 1, may: false, given: false, said_at_ms: 1 }
  page.kaibo.viewer("r1", "t1")
  await page.wait(1_000)
  page.kaibo.track("Later")
  await page.wait(60_000)
  expect([page.sent.length, page.said, page.storage.get("kaibo.consent")]).toEqual([0, [], "no"])
})

test("a new address is a page view, once; a campaign lasts for its session", async () => {
  const page = new Page({ pages: true })
  page.history.pushState(null, "", "/cart")
  page.history.pushState(null, "", "/cart")
  await page.wait(2_000)
  expect(page.names()).toEqual(["page", "page"])
  expect(page.events()[1]?.context.campaign).toEqual({ source: "douyin", name: "1111" })
  await page.wait(31 * 60_000)
  page.kaibo.track("Later")
  await page.wait(2_000)
  const [first, , later] = page.events()
  expect(later?.context.campaign).toBeUndefined()
  expect(later?.context.sessionId).not.toBe(first?.context.sessionId)
  expect(later?.anonymousId).toBe(first?.anonymousId)
})

test("it is under 5 KB", async () => {
  vi.useRealTimers()
  await build({ configFile: "sdk/vite.config.ts", logLevel: "error" })
  const bytes = gzipSync(readFileSync("dist/sdk/kaibo.js")).length
  expect(bytes).toBeLessThan(5 * 1024)
})

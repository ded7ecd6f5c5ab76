// Every screen, for the checks that go over all of them.
import type { Page } from "@playwright/test"
import { playing, server, signIn } from "./server"

export interface Screen {
  name: string
  needsSignIn: boolean
  open: (page: Page) => Promise<void>
  /** Until charts have drawn themselves and people have spoken: for pictures. */
  settle_ms?: number
}

export const screens: Screen[] = [
  { name: "sign-in", needsSignIn: false, open: async (page) => { await page.goto("/console/sign-in"); await page.locator("button[type=submit]").waitFor() } },
  { name: "rooms", needsSignIn: true, open: async (page) => { await page.goto("/console/rooms"); await page.locator(".table, .room-cards").waitFor() } },
  {
    name: "new-room", needsSignIn: true,
    open: async (page) => {
      await page.goto("/console/rooms")
      await page.locator(".page-head .ant-btn-primary").click()
      await page.getByRole("dialog").waitFor()
    },
  },
  {
    name: "live", needsSignIn: true, settle_ms: 2500,
    open: async (page) => {
      await page.goto(`/console/live?room=${server.room()}`)
      await page.getByTestId("tiles").waitFor()
    },
  },
  {
    name: "clips", needsSignIn: true, settle_ms: 4000,
    open: async (page) => {
      await page.goto(`/console/clips?room=${server.room()}`)
      await page.getByTestId("timeline").waitFor({ timeout: 30_000 })
    },
  },
  { name: "sources", needsSignIn: true, settle_ms: 1500, open: async (page) => { await page.goto(`/console/sources?room=${server.room()}`); await page.getByTestId("line-primary").waitFor() } },
  { name: "studio", needsSignIn: true, open: async (page) => { await page.goto(`/console/studio?room=${server.room()}`); await page.getByTestId("push-check").waitFor() } },
  {
    name: "audience", needsSignIn: true,
    open: async (page) => {
      await page.goto(`/console/audience?room=${server.room()}`)
      await page.getByTestId("audit").waitFor()
      await page.getByTestId("entries").locator("table").waitFor()
    },
  },
  ...(["overview", "by", "viewers", "ingest", "alarms", "rooms", "coverage"] as const).map((tab) => ({
    name: `quality-${tab}`, needsSignIn: true, settle_ms: 1500,
    open: async (page: Page) => {
      await page.goto(`/console/quality?room=${server.room()}&tab=${tab}`)
      await page.locator(".screen .panel, .screen .message, .screen .tiles").first().waitFor()
    },
  })),
  ...(["people", "teams", "security"] as const).map((tab) => ({
    name: `staff-${tab}`, needsSignIn: true,
    open: async (page: Page) => { await page.goto(`/console/staff?tab=${tab}`); await page.locator(".panel").first().waitFor() },
  })),
  { name: "collect", needsSignIn: true, open: async (page) => { await page.goto("/console/collect"); await page.locator(".panel").first().waitFor() } },
  { name: "consent", needsSignIn: true, open: async (page) => { await page.goto("/console/consent"); await page.getByTestId("consent-counts").waitFor() } },
  { name: "imports", needsSignIn: true, open: async (page) => { await page.goto(`/console/imports?room=${server.room()}`); await page.getByTestId("import-history").waitFor() } },
  ...(["items", "lists"] as const).map((tab) => ({
    name: `moderation-${tab}`, needsSignIn: true,
    open: async (page: Page) => { await page.goto(`/console/moderation?tab=${tab}`); await page.getByTestId(tab).waitFor() },
  })),
  { name: "privacy", needsSignIn: true, open: async (page) => { await page.goto("/console/privacy"); await page.locator(".privacy-whom").waitFor() } },
  { name: "single-sign-on", needsSignIn: true, open: async (page) => { await page.goto("/console/single-sign-on"); await page.locator(".sso-redirect").waitFor() } },
  ...(["relays", "webhooks", "media-servers"] as const).map((path) => ({
    name: path, needsSignIn: true,
    open: async (page: Page) => { await page.goto(`/console/${path}${path === "relays" ? `?room=${server.room()}` : ""}`); await page.locator(".panel").first().waitFor() },
  })),
  { name: "danmaku", needsSignIn: true, open: async (page) => { await page.goto("/console/danmaku"); await page.getByTestId("hits").waitFor() } },
  { name: "tokens", needsSignIn: true, open: async (page) => { await page.goto("/console/tokens"); await page.locator(".table").waitFor() } },
  { name: "audit-log", needsSignIn: true, open: async (page) => { await page.goto("/console/audit-log"); await page.locator(".table").waitFor() } },
  { name: "system-alarms", needsSignIn: true, open: async (page) => { await page.goto("/console/system"); await page.locator(".panel").first().waitFor() } },
  { name: "system-limits", needsSignIn: true, open: async (page) => { await page.goto("/console/system?tab=limits"); await page.locator(".table").waitFor() } },
  { name: "account", needsSignIn: true, open: async (page) => { await page.goto("/console/account"); await page.locator(".session-list").waitFor() } },
  { name: "password", needsSignIn: true, open: async (page) => { await page.goto("/console/password"); await page.locator("button[type=submit]").waitFor() } },
  {
    name: "room", needsSignIn: false, settle_ms: 6000,
    open: async (page) => {
      await page.goto(`/r/${server.room()}`)
      await playing(page)
    },
  },
  { name: "no-room", needsSignIn: false, open: async (page) => { await page.goto("/r/00000000-0000-7000-8000-000000000000"); await page.locator("h1").waitFor() } },
]

export async function show(page: Page, screen: Screen): Promise<void> {
  if (screen.needsSignIn && !(await signedIn(page))) await signIn(page)
  await screen.open(page)
}

async function signedIn(page: Page): Promise<boolean> {
  return (await page.request.get("/api/me")).ok()
}

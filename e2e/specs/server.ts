// What the specs know of the server under test, all from the environment.
import { expect, type APIRequestContext, type Browser, type BrowserContext, type Page } from "@playwright/test"

function env(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`set \`${name}\`, see e2e/README.md`)
  return value
}

export const server = {
  token: () => env("KAIBO_TOKEN"),
  room: () => env("KAIBO_ROOM"),
  login: () => env("KAIBO_LOGIN"),
  password: () => env("KAIBO_PASSWORD"),
}

/** Calls the API as an administrator's program. */
export async function call<T>(request: APIRequestContext, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await request.fetch(path, {
    method,
    headers: { authorization: `Bearer ${server.token()}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { data: JSON.stringify(body) }),
  })
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
  const text = await answer.text()
  return (text === "" ? undefined : JSON.parse(text)) as T
}

/** Signs in by the screen. A one-time password is exchanged for itself + "-e2e". */
export async function signIn(page: Page): Promise<void> {
  await page.goto("/console/sign-in")
  const own = `${server.password()}-e2e`
  for (const password of [server.password(), own]) {
    await page.locator("input[autocomplete=username]").fill(server.login())
    await page.locator("input[autocomplete=current-password]").fill(password)
    await page.locator("button[type=submit]").click()
    const outcome = await Promise.race([
      page.waitForURL(/\/console\/(rooms|live)/).then(() => "in" as const),
      page.waitForURL(/\/console\/password/).then(() => "change" as const),
      page.locator("[role=alert]").first().waitFor().then(() => "refused" as const),
    ])
    if (outcome === "refused") continue
    if (outcome === "change") {
      await page.locator("input[autocomplete=current-password]").fill(password)
      for (const field of await page.locator("input[autocomplete=new-password]").all()) await field.fill(own)
      await page.locator("button[type=submit]").click()
    }
    await page.waitForURL(/\/console\/(rooms|live)/)
    return
  }
  throw new Error("could not sign in with `KAIBO_LOGIN` and `KAIBO_PASSWORD`")
}

/** Sets theme and language before the page's first script, as a returning visitor has them. */
export async function appearance(context: BrowserContext, theme: "light" | "dark", language: "zh-CN" | "en"): Promise<void> {
  await context.addInitScript(
    ([theme, language]) => {
      localStorage.setItem("kaibo.theme", theme)
      localStorage.setItem("kaibo.language", language)
    },
    [theme, language] as const,
  )
}

export interface Watch {
  position: number
  stalls: number
  rebuilds: number
  phase: string | undefined
}

/** How the room page's player is doing. */
export async function watch(page: Page): Promise<Watch> {
  return page.getByTestId("stage").evaluate((stage) => ({
    position: stage.querySelector("video")?.currentTime ?? 0,
    stalls: Number(stage.dataset.stalls),
    rebuilds: Number(stage.dataset.rebuilds),
    phase: stage.dataset.phase,
  }))
}

export async function playing(page: Page): Promise<void> {
  await expect(page.getByTestId("stage")).toHaveAttribute("data-phase", "playing", { timeout: 60_000 })
}

/** The server refuses the page's first token, as it does when 12 hours have passed: it reaches it spoilt. */
export async function refuseFirstToken(page: Page): Promise<{ times: number }> {
  const refused = { times: 0 }
  let first: string | null = null
  await page.route(/\/live\/.*token=/, async (route) => {
    const url = new URL(route.request().url())
    first ??= url.searchParams.get("token")
    if (url.searchParams.get("token") !== first) return route.continue()
    refused.times += 1
    url.searchParams.set("token", `${first ?? ""}x`)
    return route.continue({ url: url.toString() })
  })
  return refused
}

const OWN_PASSWORD = "a password of their own"

/** Somebody of a role who joined by the link, signed in. */
export async function colleague(browser: Browser, request: APIRequestContext, role: string, name = "王审"): Promise<Page> {
  const login = `e2e.${role.replace("_", ".")}.${Date.now()}`
  const { link } = await call<{ link: { path: string } }>(request, "POST", "/api/staff", { login, name, role })
  const page = await (await browser.newContext()).newPage()
  await page.goto(link.path)
  await expect(page.getByLabel("账号")).toHaveValue(login)
  for (const field of await page.locator("input[autocomplete=new-password]").all()) await field.fill(OWN_PASSWORD)
  await page.getByRole("button", { name: "加入" }).click()
  await expect(page.getByRole("heading", { name: "设置好了" })).toBeVisible()
  await page.goto("/console/sign-in")
  await page.locator("input[autocomplete=username]").fill(login)
  await page.locator("input[autocomplete=current-password]").fill(OWN_PASSWORD)
  await page.locator("button[type=submit]").click()
  await page.waitForURL(/\/console\/(rooms|live|moderation)/)
  return page
}

// End-to-end checks against a running server. The server's address, tokens and room come by environment; see README.md.
import { defineConfig } from "@playwright/test"
import { strict } from "./specs/goals"

export default defineConfig({
  testDir: "./specs",
  // They check nothing: `make pictures` takes them.
  testIgnore: process.env.KAIBO_PICTURES ? [] : ["**/shots.spec.ts"],
  outputDir: `./${process.env.KAIBO_E2E_OUT ?? "out/results"}`,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // Specs wait more than they work. Where figures count they run alone.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: strict ? 0 : 2,
  reporter: [["list"]],
  use: {
    trace: "on-first-retry",
    baseURL: process.env.KAIBO_URL ?? "http://127.0.0.1:8080",
    viewport: { width: 1440, height: 900 },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    actionTimeout: 30_000,
    launchOptions: {
      executablePath: process.env.KAIBO_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
      ],
    },
  },
})

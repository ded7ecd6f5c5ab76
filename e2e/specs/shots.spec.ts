// Pictures of every screen into e2e/out/: desktop and phone, dark and light, both languages.
import { test } from "@playwright/test"
import { screens, show } from "./screens"
import { appearance } from "./server"

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of ["light", "dark"] as const) {
    for (const language of ["zh-CN", "en"] as const) {
      test(`pictures ${size} ${theme} ${language}`, async ({ browser }) => {
        test.setTimeout(300_000)
        const context = await browser.newContext({ viewport })
        await appearance(context, theme, language)
        const page = await context.newPage()
        for (const screen of screens) {
          await show(page, screen)
          await page.waitForTimeout(screen.settle_ms ?? 0)
          await page.screenshot({ path: `out/${screen.name}-${size}-${theme}-${language}.png` })
        }
        await context.close()
      })
    }
  }
}

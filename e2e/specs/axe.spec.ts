// Accessibility of every screen: as most see it on a desktop, and dark on a phone.
import AxeBuilder from "@axe-core/playwright"
import { expect, test } from "@playwright/test"
import { screens, show } from "./screens"
import { appearance } from "./server"

test.describe.configure({ mode: "parallel" })

for (const [theme, size, viewport] of [["light", "desktop", { width: 1440, height: 900 }], ["dark", "phone", { width: 390, height: 844 }]] as const) {
  test(`no accessibility violations, ${theme}, ${size}`, async ({ browser }) => {
    test.setTimeout(300_000)
    // What moves into place is not read in the middle of its move.
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" })
    await appearance(context, theme, "zh-CN")
    const page = await context.newPage()
    for (const screen of screens) {
      await test.step(screen.name, async () => {
        await show(page, screen)
        await page.waitForTimeout(Math.min(1000, screen.settle_ms ?? 300))
        // Danmaku fly over any picture: their contrast is the outline's business.
        const found = await new AxeBuilder({ page }).exclude(".layer").analyze()
        const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)
        expect.soft(told, screen.name).toEqual([])
      })
    }
    await context.close()
  })
}

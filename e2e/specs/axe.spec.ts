// Accessibility of every screen, in both themes and both sizes.
import AxeBuilder from "@axe-core/playwright"
import { expect, test } from "@playwright/test"
import { screens, show } from "./screens"
import { appearance } from "./server"

for (const theme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
    test(`no accessibility violations, ${theme}, ${size}`, async ({ browser }) => {
      test.setTimeout(300_000)
      const context = await browser.newContext({ viewport })
      await appearance(context, theme, "zh-CN")
      const page = await context.newPage()
      for (const screen of screens) {
        await test.step(screen.name, async () => {
          await show(page, screen)
          // Danmaku fly over any picture: their contrast is the outline's business.
          const found = await new AxeBuilder({ page }).exclude(".layer").analyze()
          const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)
          expect.soft(told, screen.name).toEqual([])
        })
      }
      await context.close()
    })
  }
}

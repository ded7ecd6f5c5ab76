// What this viewer chose about danmaku, kept in this browser.
import type { LayerSettings } from "./danmakuLayer"

const KEY = "kaibo.danmaku"

export function loadSettings(): LayerSettings {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  const usual: LayerSettings = { on: !calm, opacity: 1, area: 0.5 }
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<LayerSettings>
    return {
      on: typeof kept.on === "boolean" ? kept.on : usual.on,
      opacity: between(kept.opacity, 0.2, 1, usual.opacity),
      area: between(kept.area, 0.25, 1, usual.area),
    }
  } catch {
    return usual
  }
}

export function saveSettings(settings: LayerSettings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings))
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

function between(value: number | undefined, low: number, high: number, usual: number): number {
  return typeof value === "number" && value >= low && value <= high ? value : usual
}

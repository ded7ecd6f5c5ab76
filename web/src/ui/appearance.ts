// Theme and language of this browser: chosen once, kept in local storage, set before first paint by public/appearance.js.
import { useSyncExternalStore } from "react"

export type Theme = "light" | "dark"
export type Language = "zh-CN" | "en"

const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function keep(key: string, value: string) {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

export function theme(): Theme {
  return document.documentElement.dataset.theme === "dark" ? "dark" : "light"
}

export function setTheme(next: Theme) {
  document.documentElement.dataset.theme = next
  keep("kaibo.theme", next)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme)
}

export function language(): Language {
  return document.documentElement.lang === "en" ? "en" : "zh-CN"
}

export function setLanguage(next: Language) {
  document.documentElement.lang = next
  keep("kaibo.language", next)
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language)
}

export function onAppearance(listener: () => void): () => void {
  return subscribe(listener)
}

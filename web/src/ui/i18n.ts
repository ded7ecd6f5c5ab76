// Texts: Chinese first, English complete (its type is the Chinese one's). Each feature owns its texts.
import i18next, { type i18n } from "i18next"
import { initReactI18next } from "react-i18next"
import { language, onAppearance } from "./appearance"
import { texts as ui } from "./texts"

export interface Texts {
  readonly "zh-CN": Record<string, string>
  readonly en: Record<string, string>
}

/** Ties a feature's English to its Chinese: a missing or stray key does not compile. */
export function texts<const T extends Record<string, string>>(zh: T, en: Record<keyof T, string>): { "zh-CN": T; en: Record<keyof T, string> } {
  return { "zh-CN": zh, en }
}

export function startI18n(namespaces: Record<string, Texts>): i18n {
  const all: Record<string, Texts> = { ui, ...namespaces }
  const resources = (which: "zh-CN" | "en") => Object.fromEntries(Object.entries(all).map(([name, both]) => [name, both[which]]))
  void i18next.use(initReactI18next).init({
    lng: language(),
    fallbackLng: "zh-CN",
    defaultNS: "ui",
    resources: { "zh-CN": resources("zh-CN"), en: resources("en") },
    keySeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  onAppearance(() => {
    if (i18next.language !== language()) void i18next.changeLanguage(language())
  })
  return i18next
}

// Texts: Chinese first, English complete (its type is the Chinese one's). Each feature owns its texts.
import i18next, { type BackendModule, type i18n } from "i18next"
import { initReactI18next } from "react-i18next"
import { language, onAppearance, type Language } from "./appearance"
import { texts as ui } from "./texts"

export interface Texts {
  readonly "zh-CN": Record<string, string>
  readonly en: Record<string, string>
}

/** Ties a feature's English to its Chinese: a missing or stray key does not compile. */
export function texts<const T extends Record<string, string>>(zh: T, en: Record<keyof T, string>): { "zh-CN": T; en: Record<keyof T, string> } {
  return { "zh-CN": zh, en }
}

/** Texts at hand, or brought when something first wants them; until then it is suspended. */
export type Source = Texts | (() => Promise<Texts>)

export function startI18n(namespaces: Record<string, Source>): i18n {
  const all: Record<string, Source> = { ui, ...namespaces }
  const atHand = Object.entries(all).filter((one): one is [string, Texts] => typeof one[1] !== "function")
  const resources = (which: Language) => Object.fromEntries(atHand.map(([name, both]) => [name, both[which]]))
  const later: BackendModule = {
    type: "backend",
    init: () => undefined,
    read: (which, name, done) => {
      const source = all[name]
      if (typeof source !== "function") done(new Error(`no texts of \`${name}\``), false)
      // Tried again after a while: a lost connection is no reason to show keys.
      else source().then((both) => done(null, both[which as Language]), (error: unknown) => done(error as Error, true))
    },
  }
  void i18next.use(later).use(initReactI18next).init({
    lng: language(),
    fallbackLng: "zh-CN",
    load: "currentOnly",
    defaultNS: "ui",
    ns: atHand.map(([name]) => name),
    resources: { "zh-CN": resources("zh-CN"), en: resources("en") },
    partialBundledLanguages: true,
    keySeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  onAppearance(() => {
    if (i18next.language !== language()) void i18next.changeLanguage(language())
  })
  return i18next
}

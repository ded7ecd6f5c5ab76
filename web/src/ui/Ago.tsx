// "12 s ago", kept current. One clock for the page, so that many of them cost one timer.
import { useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import { age, timeOfDay } from "./format"

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const one of listeners) one()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The page's clock, ms, one step a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

export function Ago({ at }: { at: number }) {
  const { t } = useTranslation("ui")
  const { key, n } = age(useNow() - at)
  return <time className="num" dateTime={new Date(at).toISOString()} title={timeOfDay(at)}>{t(key, { n })}</time>
}

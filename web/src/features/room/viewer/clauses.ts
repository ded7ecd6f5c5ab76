// The published rules in the page's language. They are read once, when something is first refused or reported by one.
import { useSyncExternalStore } from "react"
import { ask } from "../../../api/client"
import { useLanguage } from "../../../ui/appearance"
import { dateTime } from "../../../ui/format"

export interface Clause {
  code: string
  zh: string
  en: string
}

let known: readonly Clause[] | null = null
let asked = false
const watchers = new Set<() => void>()

function subscribe(watcher: () => void) {
  watchers.add(watcher)
  return () => { watchers.delete(watcher) }
}

function read(): void {
  if (asked) return
  asked = true
  ask<Clause[]>("GET", "/api/public/clauses").then(
    (clauses) => {
      known = clauses
      for (const watcher of watchers) watcher()
    },
    // The next line that names a rule asks again.
    () => { asked = false },
  )
}

/** All of them; null until they are known. */
export function useClauses(): readonly Clause[] | null {
  return useSyncExternalStore((watcher) => {
    read()
    return subscribe(watcher)
  }, () => known)
}

/** A rule in words; null without one, and until it is known. A room's own category is its own word. */
export function useClause(code: string | null): string | null {
  const language = useLanguage()
  const clauses = useSyncExternalStore((watcher) => {
    if (code) read()
    return subscribe(watcher)
  }, () => known)
  if (!code || !clauses) return null
  const clause = clauses.find((one) => one.code === code)
  if (!clause) return code
  return language === "en" ? clause.en : clause.zh
}

/** When something ends: the hour if it is today. */
export function untilOf(until: number | null): string | null {
  if (until === null) return null
  const [day, hour] = dateTime(until).split(" ")
  return day === dateTime(Date.now()).split(" ")[0] ? (hour ?? null) : dateTime(until)
}

// Erasures and exports as the server tells them.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"

export interface Erasure {
  id: string
  viewer: string
  /** Empty: the database is older than the erasure. */
  asked_by: string
  asked_at_ms: number
  state: "waiting" | "done"
  keys_destroyed: number
  /** By what held it. */
  erased: Partial<Record<string, number>>
  done_at_ms: number | null
}

export const WAYS = ["viewer", "token", "user_id", "anonymous_id"] as const

/** How somebody is named. */
export type Way = (typeof WAYS)[number]

export interface Named {
  way: Way
  value: string
}

const subject = ({ way, value }: Named) => ({ [way]: value.trim() })

export const privacy = {
  list: (after?: string) => ask<Page<Erasure>>("GET", `/api/privacy/erasures${after === undefined ? "" : `?after=${encodeURIComponent(after)}`}`),
  erase: (named: Named) => ask<Erasure>("POST", "/api/privacy/erasures", subject(named)),
  /** Everything that is held of somebody. */
  export: (named: Named) => ask<unknown>("POST", "/api/privacy/exports", subject(named)),
}

/** A file that the browser keeps. */
export function keep(name: string, value: unknown): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** A pseudonym, short enough for a file's name and safe in one. */
export function fileName(named: Named): string {
  const safe = named.way === "viewer" ? named.value.trim().replace(/[^\w-]+/g, "-").slice(0, 40) : named.way
  return `viewer-${safe || "unnamed"}.json`
}

// How long what is kept, what went, and what is held, as the server tells them.
import { ask } from "../../../api/client"
import type { Page } from "../../../api/types"

export const CLASSES = ["words", "audit", "ledger", "quarantine", "deliveries"] as const

export type Class = (typeof CLASSES)[number]

export interface Kept {
  class: Class
  /** Null is for ever. */
  days: number | null
  default_days: number | null
  most_days: number | null
  floor: { days: number; law_zh: string; law_en: string } | null
  changed_at_ms: number | null
  changed_by: string | null
}

export const HOLDERS = ["keys", "danmaku", "quarantine", "deliveries", "audit"] as const

/** What holds something. */
export type Holder = (typeof HOLDERS)[number]

export interface Preview {
  class: Class
  days: number
  before_ms: number
  going: Partial<Record<Holder, { count: number; oldest_ms: number | null; newest_ms: number | null }>>
  held: Partial<Record<Holder, number>>
  confirm: string
}

export interface Run {
  id: string
  class: Class
  before_ms: number
  began_at_ms: number
  gone: Partial<Record<Holder, number>>
  done_at_ms: number | null
}

export interface Hold {
  id: string
  viewer: string | null
  broadcast: string | null
  reason: string
  placed_by: string
  placed_at_ms: number
  released_by: string | null
  released_at_ms: number | null
}

export interface NewHold {
  of: "viewer" | "broadcast"
  name: string
  reason: string
}

const after = (id: string | undefined) => id === undefined ? "" : `?after=${encodeURIComponent(id)}`

export const retention = {
  classes: async () => {
    const { classes } = await ask<{ classes: Kept[] }>("GET", "/api/privacy/retention")
    return CLASSES.flatMap((name) => classes.filter((one) => one.class === name))
  },
  preview: (name: Class, days: number) => ask<Preview>("GET", `/api/privacy/retention/${name}/preview?days=${days}`),
  set: (name: Class, days: number | null, confirm?: string) => ask<Kept>("PUT", `/api/privacy/retention/${name}`, { days, confirm: confirm ?? null }),
  runs: (id?: string) => ask<Page<Run>>("GET", `/api/privacy/retention/runs${after(id)}`),
  holds: (id?: string) => ask<Page<Hold>>("GET", `/api/privacy/holds${after(id)}`),
  hold: ({ of, name, reason }: NewHold) => ask<Hold>("POST", "/api/privacy/holds", { [of]: name.trim(), reason: reason.trim() }),
  release: (id: string) => ask<Hold>("POST", `/api/privacy/holds/${id}/release`),
}

/** Would more go by these days than by those? */
export function isShorter(days: number | null, now: number | null): boolean {
  return (days ?? Infinity) < (now ?? Infinity)
}

/** What there is of, in the order in which people read it. */
export function amounts(counts: Partial<Record<Holder, number>>): [Holder, number][] {
  return HOLDERS.flatMap((holder) => {
    const count = counts[holder]
    return count === undefined ? [] : [[holder, count] satisfies [Holder, number]]
  })
}

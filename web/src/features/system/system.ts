// Alarms about Kaibo itself, as the server tells them.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"

export type Unit = "bytes" | "files" | "events" | "rows" | "count" | "ms" | "hours" | "yes"

export interface SystemAlarm {
  id: string
  kind: string
  unit?: Unit | null
  value: number
  limit: number
  raised_at: number
  cleared_at?: number | null
  acknowledged_at?: number | null
  acknowledged_by?: string | null
}

export interface Limit {
  kind: string
  /** The setting that changes it. */
  key?: string | null
  unit: Unit
  bad: "below" | "above" | "from"
  /** 0: it never rings. */
  limit: number
  value?: number | null
  stands: boolean
}

export interface Limits {
  raise_after_s: number
  clear_after_s: number
  items: Limit[]
}

export const KEY = ["system"] as const

export const system = {
  alarms: (wanted: { open?: boolean; after?: string | undefined }) => {
    const query = new URLSearchParams({ limit: "100" })
    if (wanted.open !== undefined) query.set("open", String(wanted.open))
    if (wanted.after) query.set("after", wanted.after)
    return ask<Page<SystemAlarm>>("GET", `/api/system/alarms?${query.toString()}`)
  },
  acknowledge: (alarm: string) => ask<SystemAlarm>("POST", `/api/system/alarms/${encodeURIComponent(alarm)}/acknowledge`),
  limits: () => ask<Limits>("GET", "/api/system/limits"),
}

/** What is open; one question for the banner, the badge and the page. */
export const open = { queryKey: [...KEY, "open"], queryFn: () => system.alarms({ open: true }), refetchInterval: 10_000 }

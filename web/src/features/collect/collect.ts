// Sources of outside events as the server tells them, and what can be asked of it about them.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"
import type { Plan } from "./plan"

export const KINDS = ["web", "segment", "posthog", "sensors", "cloudevents", "ga4"] as const
export type Kind = (typeof KINDS)[number]

export interface Source {
  id: string
  name: string
  kind: Kind
  enabled: boolean
  events_per_s: number
  plan: Plan
  created_at_ms: number
  old_key_until_ms?: number
  last_seen_at_ms?: number
  accepted: number
  duplicates: number
  rejected: number
  limited: number
}

export interface MadeSource extends Source {
  write_key: string
}

export interface SourceFields {
  name: string
  kind: Kind
  events_per_s: number
}

/** An event in the live debugger. */
export interface Seen {
  received_at_ms: number
  occurred_at_ms?: number
  edge: string
  outcome: "taken" | "repeat" | "refused"
  call?: string
  name?: string
  user_id?: string
  anonymous_id?: string
  context: Record<string, unknown>
  code?: string
  reason?: string
  item: string
  cut: boolean
}

export interface Item {
  id: string
  edge: string
  code: string
  reason: string
  item: string
  cut: boolean
  received_at_ms: number
  edited_at_ms?: number
  replayed_at_ms?: number
}

export interface Replayed {
  accepted: number
  duplicates: number
  refused: number
  next?: string
}

const SOURCES = "/api/collect/sources"
const of = (source: string) => `${SOURCES}/${encodeURIComponent(source)}`
const item = (id: string) => `/api/collect/quarantine/${encodeURIComponent(id)}`

function query(of: Record<string, string | boolean | undefined>): string {
  const said = Object.entries(of).flatMap(([name, value]) => (value === undefined || value === "" || value === false ? [] : [[name, String(value)]]))
  return said.length > 0 ? `?${new URLSearchParams(said).toString()}` : ""
}

export const collect = {
  list: (after?: string) => ask<Page<Source>>("GET", SOURCES + query({ after })),
  create: (fields: SourceFields) => ask<MadeSource>("POST", SOURCES, fields),
  change: (source: string, change: Partial<Omit<SourceFields, "kind">> & { enabled?: boolean; plan?: Plan }) => ask<Source>("PATCH", of(source), change),
  rotate: (source: string, overlap_hours: number) => ask<MadeSource>("POST", `${of(source)}/key`, { overlap_hours }),
  remove: (source: string) => ask<undefined>("DELETE", of(source)),
  draft: (source: string) => ask<{ events: number; plan: Plan }>("GET", `${of(source)}/plan/draft`),
  live: (source: string) => new EventSource(`${of(source)}/live`),
  quarantine: (source: string, wanted: { code?: string; waiting?: boolean; after?: string }) => ask<Page<Item>>("GET", `${of(source)}/quarantine${query(wanted)}`),
  replayAll: (source: string, wanted: { code?: string; after?: string }) => ask<Replayed>("POST", `${of(source)}/quarantine/replay`, wanted),
  forgetAll: (source: string, code?: string) => ask<{ forgotten: number }>("DELETE", `${of(source)}/quarantine${query({ code })}`),
  correct: (id: string, value: unknown) => ask<Item>("PATCH", item(id), { item: value }),
  replay: (id: string) => ask<{ accepted: number; duplicates: number }>("POST", `${item(id)}/replay`),
  forget: (id: string) => ask<undefined>("DELETE", item(id)),
}

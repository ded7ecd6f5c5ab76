// Hosts, the blacklist, what keeps shows off air, and scores, as the server tells them.
import { ask, send } from "../../api/client"
import type { Page } from "../../api/types"

export const HOST_STATES = ["unverified", "submitted", "verified", "refused", "expired"] as const
export type HostState = (typeof HOST_STATES)[number]
export type Band = "good" | "watch" | "restricted"
export const DOCUMENTS = ["id_card", "passport"] as const
export type Document = (typeof DOCUMENTS)[number]

export interface Host {
  id: string
  name: string
  state: HostState
  masked_name: string | null
  document: Document | null
  masked_number: string | null
  minor: boolean
  guardian: boolean
  submitted_by: string | null
  submitted_at_ms: number | null
  decided_by: string | null
  decided_at_ms: number | null
  note: string
  expires_at_ms: number | null
  erased_at_ms: number | null
  created_at_ms: number
  rooms: string[]
  score: number
  band: Band
  blacklist_entry: string | null
  check: HostCheck | null
  account: { id: string; login: string; name: string } | null
}

export interface HostCheck {
  state: "waiting" | "match" | "mismatch" | "unknown" | "no_answer" | "dropped"
  reference: string
  failure: string
  attempts: number
  asked_at_ms: number
  answered_at_ms: number | null
}

export const AUTHS = ["bearer", "hmac"] as const

export interface NameProvider {
  url: string
  auth: (typeof AUTHS)[number]
  has_secret: boolean
  with_person: boolean
  enabled: boolean
  rests_until_ms: number | null
  changed_by: string
  changed_at_ms: number | null
}

/** A secret goes where it was meant to go: another address, or another way, needs it anew. */
export function needsSecret(kept: Pick<NameProvider, "url" | "auth" | "has_secret">, draft: Pick<NameProvider, "url" | "auth">): boolean {
  return !kept.has_secret || kept.url !== draft.url.trim() || kept.auth !== draft.auth
}

export interface Mine {
  host: { id: string; name: string; state: HostState; expires_at_ms: number | null; score: number; band: Band; rooms: { room_id: string; score: number; band: Band }[] } | null
  exams: { code: string; title_zh: string; title_en: string; required: boolean; passed: boolean; valid_until_ms: number | null }[]
  retraining_open: number
  retraining_overdue: number
}

export interface Said {
  legal_name: string
  document: Document
  id_number: string
  born?: string
  guardian: boolean
}

export interface Reason {
  kind: "sanction" | "rejects" | "told"
  source: string
  room_id: string
  broadcast_id: string | null
  clause: string
  at_ms: number
  points_milli: number
  left_milli: number
}

export interface Score {
  score: number
  band: Band
  at_ms: number
  reasons: Reason[]
  history: { day: string; score: number }[]
}

export interface Entry {
  id: string
  digest: string
  clause: string
  note: string
  source: "own" | "import"
  until_ms: number | null
  state: "asked" | "in_force" | "removal_asked" | "over" | "removed" | "declined"
  asked_by: string
  asked_at_ms: number
  decided_by: string | null
  decided_at_ms: number | null
}

export interface NewEntry {
  document?: Document
  id_number?: string
  host?: string
  clause: string
  note: string
  until_ms?: number
}

export interface Taken {
  taken: number
  skipped: { line: number; reason: string }[]
}

export const ACTIONS = ["off", "tell", "refuse"] as const
export type Action = (typeof ACTIONS)[number]

export interface Setting {
  obstacle: string
  action: Action
  always: boolean
}

export interface Decision {
  outcome: "admitted" | "told" | "refused"
  obstacles: { code: string; action: Action; detail: string }[]
  unanswered: string[]
}

export interface Admission {
  now: Decision
  last: (Decision & { at_ms: number; broadcast_id: string | null }) | null
}

export interface Settings {
  valid_days: number
  low_score: number
}

/** Obstacles there are words for; others are shown by their code. */
export const OBSTACLES = ["blacklisted", "no_host", "no_real_name", "minor", "low_score", "clearance_open", "exam_missing"] as const
export const isWorded = (code: string): code is (typeof OBSTACLES)[number] => (OBSTACLES as readonly string[]).includes(code)

const query = (fields: Record<string, string | undefined>) => {
  const said = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined && field[1] !== "")
  return said.length === 0 ? "" : `?${new URLSearchParams(said).toString()}`
}

export const standing = {
  hosts: (state?: string, after?: string) => ask<Page<Host>>("GET", `/api/hosts${query({ state, after })}`),
  host: (id: string) => ask<Host>("GET", `/api/hosts/${id}`),
  create: (name: string, rooms: string[]) => ask<Host>("POST", "/api/hosts", { name, rooms }),
  change: (id: string, name: string, rooms: string[]) => ask<Host>("PATCH", `/api/hosts/${id}`, { name, rooms }),
  submit: (id: string, said: Said) => ask<Host>("PUT", `/api/hosts/${id}/identity`, said),
  erase: (id: string) => ask<Host>("DELETE", `/api/hosts/${id}/identity`),
  decide: (id: string, verified: boolean, note: string) => ask<Host>("POST", `/api/hosts/${id}/decision`, { verified, note }),
  hostScore: (id: string) => ask<Score>("GET", `/api/hosts/${id}/score`),
  roomScore: (id: string) => ask<Score>("GET", `/api/rooms/${id}/score`),
  blacklist: (waiting: boolean, after?: string) => ask<Page<Entry>>("GET", `/api/blacklist${query({ waiting: waiting ? "true" : undefined, after })}`),
  add: (entry: NewEntry) => ask<Entry>("POST", "/api/blacklist", entry),
  import: (text: string) => send<Taken>("POST", "/api/blacklist/import", new Blob([text])),
  remove: (id: string) => ask<Entry>("POST", `/api/blacklist/${id}/removal`),
  confirm: (id: string, confirm: boolean) => ask<Entry>("POST", `/api/blacklist/${id}/decision`, { confirm }),
  admission: () => ask<{ obstacles: Setting[] }>("GET", "/api/admission/settings"),
  setAdmission: (obstacle: string, action: Action) => ask<{ obstacles: Setting[] }>("PUT", "/api/admission/settings", { obstacles: [{ obstacle, action }] }),
  roomAdmission: (room: string) => ask<Admission>("GET", `/api/rooms/${room}/admission`),
  link: (id: string, login: string) => ask<Host>("PUT", `/api/hosts/${id}/staff`, { login }),
  unlink: (id: string) => ask<Host>("DELETE", `/api/hosts/${id}/staff`),
  mine: () => ask<Mine>("GET", "/api/standing/me"),
  provider: () => ask<NameProvider>("GET", "/api/standing/provider"),
  setProvider: ({ secret, ...wanted }: { url: string; auth: NameProvider["auth"]; secret: string; with_person: boolean; enabled: boolean }) =>
    ask<NameProvider>("PUT", "/api/standing/provider", { ...wanted, ...(secret === "" ? {} : { secret }) }),
  removeProvider: () => ask<undefined>("DELETE", "/api/standing/provider"),
  settings: () => ask<Settings>("GET", "/api/standing/settings"),
  setSettings: (settings: Settings) => ask<Settings>("PUT", "/api/standing/settings", settings),
}

/** Points as they are shown. */
export const points = (milli: number): string => (milli / 1000).toFixed(1)

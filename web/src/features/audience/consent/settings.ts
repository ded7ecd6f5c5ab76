// What an organisation asks its viewers, and what they said, for staff.
import { ask, query } from "../../../api/client"
import type { Page } from "../../../api/types"
import { PURPOSES, type Consent, type Purpose } from "./consent"

export interface PurposeView {
  purpose: Purpose
  asked: boolean
  /** 0 while there is no text. */
  version: number
  text: { zh: string; en: string }
  since_ms?: number
}

export interface Settings {
  enabled: boolean
  notice_url: string
  purposes: PurposeView[]
}

export interface Count {
  purpose: Purpose
  version: number
  given: number
  declined: number
}

export interface Statement {
  id: string
  viewer: string
  purpose: Purpose
  version: number
  given: boolean
  through: "room_page" | "sdk" | "staff"
  said_at_ms: number
}

export interface Draft {
  enabled: boolean
  notice_url: string
  purposes: Record<Purpose, { asked: boolean; zh: string; en: string }>
}

export const consents = {
  settings: () => ask<Settings>("GET", "/api/consent/settings"),
  set: (draft: Draft) => ask<Settings>("PUT", "/api/consent/settings", sent(draft)),
  counts: () => ask<Count[]>("GET", "/api/consent/counts"),
  statements: (wanted: { viewer?: string; purpose?: string; after?: string }) => ask<Page<Statement>>("GET", `/api/consent/statements${query(wanted)}`),
  withdraw: (said: Statement) =>
    ask<undefined>("POST", `/api/consent/viewers/${encodeURIComponent(said.viewer)}`, { purpose: said.purpose, version: said.version, given: false }),
}

export function draftOf(settings: Settings): Draft {
  const purposes = Object.fromEntries(PURPOSES.map((name) => {
    const known = settings.purposes.find(({ purpose }) => purpose === name)
    return [name, { asked: known?.asked ?? false, zh: known?.text.zh ?? "", en: known?.text.en ?? "" }]
  })) as Draft["purposes"]
  return { enabled: settings.enabled, notice_url: settings.notice_url, purposes }
}

/** A purpose that never had a text and is not asked needs none. */
export function sent(draft: Draft) {
  const purposes = PURPOSES.map((purpose) => ({ purpose, ...draft.purposes[purpose] }))
  return { enabled: draft.enabled, notice_url: draft.notice_url, purposes: purposes.filter(({ asked, zh, en }) => asked || zh.trim() !== "" || en.trim() !== "") }
}

/** Purposes whose text is another than the one that is asked today: viewers are asked again. */
export function renewed(draft: Draft, settings: Settings): Purpose[] {
  return settings.purposes.filter(({ purpose, version, text }) => {
    const { zh, en } = draft.purposes[purpose]
    return version > 0 && (zh.trim() !== text.zh || en.trim() !== text.en)
  }).map(({ purpose }) => purpose)
}

/** What the bar shows of a draft. */
export function preview(draft: Draft): Consent {
  const asked = PURPOSES.filter((purpose) => draft.purposes[purpose].asked)
  const purposes = asked.map((purpose) => {
    const { zh, en } = draft.purposes[purpose]
    return { purpose, version: 1, text: { zh, en }, ask: true, may: false }
  })
  return { ask: draft.enabled, purposes, ...(draft.notice_url === "" ? {} : { notice_url: draft.notice_url }) }
}

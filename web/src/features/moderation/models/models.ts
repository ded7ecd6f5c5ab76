// Versions of models, their rules, and what was found among what had passed, as the server tells them.
import { ask, query, send } from "../../../api/client"
import type { components } from "../../../api/schema"
import type { Page } from "../../../api/types"

type Schemas = components["schemas"]

export type Version = Schemas["ModelVersion"]
export type Quality = Schemas["ModelQuality"]
export type Outcomes = Schemas["ModelOutcomes"]
export type Rules = Schemas["ModelRules"]
export type Threshold = Rules["thresholds"][number]
export type Samples = Schemas["DanmakuSamples"]
export type Comparison = Schemas["ModelComparison"]

/** What is bad by whatever clause. */
export const ANY = "any"

const at = (id: string) => `/api/moderation/models/${encodeURIComponent(id)}`

export const models = {
  list: () => ask<Page<Version>>("GET", `/api/moderation/models${query({ limit: 100 })}`),
  upload: (file: Blob, category: string, note: string) => send<Version>("POST", `/api/moderation/models${query({ category, note })}`, file),
  texts: (id: string, file: Blob) => send<Version>("PUT", `${at(id)}/texts`, file),
  learn: (category: string, base?: string) => ask<Version>("POST", "/api/moderation/models/learn", { category, ...(base ? { base } : {}) }),
  shadow: (id: string) => ask<Version>("POST", `${at(id)}/shadow`),
  force: (id: string) => ask<Version>("POST", `${at(id)}/force`),
  retire: (id: string, reason: string) => ask<Version>("POST", `${at(id)}/retire`, { reason }),
  rollBack: (id: string, reason: string) => ask<Schemas["ModelRolledBack"]>("POST", `${at(id)}/roll-back`, { reason }),
  outcomes: (id: string) => ask<Outcomes>("GET", `${at(id)}/outcomes`),
  compare: (id: string, other: string) => ask<Comparison>("GET", `${at(id)}/compare/${encodeURIComponent(other)}`),
  rules: () => ask<Rules>("GET", "/api/moderation/model-rules"),
  setRules: (rules: Rules) => ask<Rules>("PUT", "/api/moderation/model-rules", rules),
  roomRules: (room: string) => ask<Schemas["RoomModelRules"]>("GET", `/api/rooms/${encodeURIComponent(room)}/model-rules`),
  setRoomRules: (room: string, thresholds: Threshold[]) => ask<Schemas["RoomModelRules"]>("PUT", `/api/rooms/${encodeURIComponent(room)}/model-rules`, { thresholds }),
  samples: () => ask<Samples>("GET", "/api/moderation/samples"),
}

/** The organisation's threshold for a category: its own, else the general one. */
export function usualOf(thresholds: Threshold[], category: string): Threshold {
  return thresholds.find((one) => one.category === category) ?? thresholds.find((one) => one.category === ANY) ?? { category, alarm_milli: 700, hold_milli: 900 }
}

/** A room's threshold that is nowhere laxer than the usual one. */
export function tightened(own: Threshold, usual: Threshold): Threshold {
  const hold_milli = Math.min(own.hold_milli, usual.hold_milli)
  return { ...own, hold_milli, alarm_milli: Math.min(own.alarm_milli, usual.alarm_milli, hold_milli) }
}

/** How much of a version's measurement is shown, in this order. */
export const FIGURES = ["accuracy", "macro_f1", "precision", "recall", "false_positive_rate"] as const

/** A share in percent with its interval: 84.2 (81.0–87.0). */
export function bounded(value: number, interval: number[]): string {
  const of = (share: number | undefined) => ((share ?? 0) * 100).toFixed(1)
  return `${of(value)} (${of(interval[0])}–${of(interval[1])})`
}

/** What went by itself says why, with its figures: `macro_f1_fell: 0.842 to 0.806 over 500 verdicts`. */
export function fallen(reason: string): { from: string; to: string; n: string } | null {
  const found = /^macro_f1_fell: ([\d.]+) to ([\d.]+) over (\d+) verdicts$/.exec(reason)
  return found ? { from: found[1] ?? "", to: found[2] ?? "", n: found[3] ?? "" } : null
}

// A dry run of a list 试跑, as the server tells it.
import { ask, query } from "../../../api/client"
import type { components } from "../../../api/schema"
import { LEVELS, type Level, type Word } from "../moderation"

type Schemas = components["schemas"]

export type Outcome = Schemas["DryRun"]
export type Share = Schemas["HitShare"]
export type Example = Schemas["DryRunExample"]

/** What a list would be; what is absent stays. */
export interface Wanted {
  category?: string
  level?: Level
  enabled?: boolean
  words?: string
  add?: Partial<Word>[]
  remove?: string[]
}

/** Of a list, or of one that is not there yet. */
export function tryList(list: string | undefined, wanted: Wanted, room?: string): Promise<Outcome> {
  const path = list === undefined ? `/api/moderation/lists/dry-run${query({ room: room === "" ? undefined : room })}` : `/api/moderation/lists/${encodeURIComponent(list)}/dry-run`
  return ask<Outcome>("POST", path, wanted)
}

export interface Row {
  kind: "all" | "level" | "category"
  name: string
  before: Share
  after: Share
}

/** None of so many: the interval (Wilson, 95 %) is not nothing. */
function noneOf(count: number): Share {
  const square = 1.959964 ** 2
  return { hits: 0, share: 0, interval: [0, square / (count + square)] }
}

/** Everything that is hit, before and after: in all, by level from the gravest on, by category. */
export function rowsOf({ before, after, looked_at }: Pick<Outcome, "before" | "after" | "looked_at">): Row[] {
  const none = noneOf(looked_at)
  const level = (side: Outcome["before"], name: string) => side.levels.find((one) => one.level === name) ?? none
  const category = (side: Outcome["before"], name: string) => side.categories.find((one) => one.category === name) ?? none
  const levels = [...LEVELS].reverse().filter((name) => level(before, name).hits + level(after, name).hits > 0)
  const categories = [...new Set([...before.categories, ...after.categories].map((one) => one.category))].sort()
  return [
    { kind: "all", name: "", before: before.hit, after: after.hit },
    ...levels.map((name): Row => ({ kind: "level", name, before: level(before, name), after: level(after, name) })),
    ...categories.map((name): Row => ({ kind: "category", name, before: category(before, name), after: category(after, name) })),
  ]
}

/** A share in percent with its interval: 0.42% (0.33–0.52). */
export function percent({ share, interval }: Share): string {
  const of = (part = 0) => (part * 100).toFixed(part < 0.1 ? 2 : 1)
  return `${of(share)}% (${of(interval[0])}–${of(interval[1])})`
}

/** How much more or less is hit: +12, −3, or nothing. */
export function difference(before: number, after: number): string {
  return after === before ? "" : after > before ? `+${after - before}` : `−${before - after}`
}

// What was judged, the published rules and the lists, as the server tells them.
import { ask, query, send } from "../../api/client"
import type { components } from "../../api/schema"
import type { Page, Room } from "../../api/types"

type Schemas = components["schemas"]

export type Item = Schemas["ReviewItem"]
export type Reason = Schemas["ReviewReason"]
export type Note = Schemas["ReviewNote"]
export type Clause = Schemas["PublishedClause"]
export type Level = (typeof LEVELS)[number]
export type WordList = Omit<Schemas["WordList"], "level"> & { level: Level }
export type Word = Schemas["ListedWord"]
export type Checked = Schemas["CheckedText"]

export const STATES = ["open", "noted", "decided"] as const
export const LEVELS = ["alarm", "mask", "hold", "block"] as const
export const SCOPES = ["danmaku", "script", "title"] as const
const RULES = [
  "exact", "form", "invisible", "noise", "repeat", "pinyin", "initials", "homophone", "split", "lookalike", "leet", "filler", "emoji", "alias",
  "reversed", "too_long", "joined", "model", "history", "mode", "report", "sample_near", "sample_random",
] as const

/** A rule this screen has words for. */
export function ruleOf(rule: string): (typeof RULES)[number] | "other" {
  return RULES.find((one) => one === rule) ?? "other"
}

export interface ItemFilter {
  state?: string
  verdict?: string
  room?: string
  viewer?: string
  limit?: number
}

export interface ListFields {
  name: string
  category: string
  level: Level
  /** 0: without end. */
  expires_at_ms: number
}

const listAt = (id: string) => `/api/moderation/lists/${encodeURIComponent(id)}`

export const moderation = {
  items: (filter: ItemFilter, after?: string) => ask<Page<Item>>("GET", `/api/moderation/items${query({ ...filter, after })}`),
  queue: () => ask<Schemas["ReviewQueue"]>("GET", "/api/moderation/queue"),
  reports: (position: number) => ask<Schemas["ItemReports"]>("GET", `/api/moderation/items/${position}/reports`),
  claim: (limit: number) => ask<Schemas["ClaimedItems"]>("POST", "/api/moderation/queue/claim", { limit }),
  decide: (verdict: { positions: number[]; outcome: "pass" | "reject"; clause?: string; note?: string }) => ask<Schemas["VerdictGiven"]>("POST", "/api/moderation/verdicts", verdict),
  escalate: (positions: number[], why: string) => ask<Schemas["ItemsEscalated"]>("POST", "/api/moderation/escalations", { positions, why }),
  clauses: () => ask<Clause[]>("GET", "/api/public/clauses"),
  lists: (after?: string) => ask<Page<WordList>>("GET", `/api/moderation/lists${query({ after })}`),
  createList: async (fields: ListFields & { room?: string }, words = "") => {
    const { expires_at_ms, ...rest } = fields
    const list = await ask<WordList>("POST", "/api/moderation/lists", { ...rest, ...(expires_at_ms > 0 ? { expires_at_ms } : {}) })
    if (words.trim() === "") return list
    try {
      return (await moderation.importWords(list.id, new Blob([words]))).list as WordList
    } catch (error) {
      // Without its words it is not what was wanted: once more makes no second one.
      await moderation.removeList(list.id)
      throw error
    }
  },
  changeList: (id: string, change: Partial<ListFields> & { enabled?: boolean }) => ask<WordList>("PATCH", listAt(id), change),
  removeList: (id: string) => ask<undefined>("DELETE", listAt(id)),
  words: (id: string, q: string, after?: string) => ask<Page<Word>>("GET", `${listAt(id)}/words${query({ q, after, limit: 100 })}`),
  changeWords: (id: string, change: { add?: Partial<Word>[]; remove?: string[] }) => ask<WordList>("PATCH", `${listAt(id)}/words`, change),
  importWords: (id: string, file: Blob) => send<Schemas["WordsTaken"]>("PUT", `${listAt(id)}/words`, file),
  exported: (id: string) => `${listAt(id)}/export`,
  check: (text: string, scope: (typeof SCOPES)[number], room?: string) => ask<Checked>("POST", "/api/moderation/check", { text, scope, ...(room ? { room } : {}) }),
}

/** Places that were found, one after the other: hits may overlap. */
export function marksOf(hits: { start: number; end: number }[]): [number, number][] {
  const marks: [number, number][] = []
  for (const { start, end } of [...hits].sort((a, b) => a.start - b.start)) {
    const last = marks.at(-1)
    if (end <= start) continue
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else marks.push([start, end])
  }
  return marks
}

/** How long before it was said the picture begins. */
const LEAD_MS = 20_000

/** Where the moment is seen: in the show that is on, or in its recording. */
export function momentOf(item: Pick<Item, "room" | "broadcast" | "at_ms">, room: Pick<Room, "live" | "broadcast_id"> | undefined): string | null {
  if (!item.broadcast) return null
  if (room?.live && room.broadcast_id === item.broadcast) return `/console/live?room=${item.room}&broadcast=${item.broadcast}`
  return `/r/${item.room}?replay=${item.broadcast}&at=${item.at_ms - LEAD_MS}`
}

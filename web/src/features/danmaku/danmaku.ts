// The archive's search, and what stands in the address of its screen.
import { api, ask } from "../../api/client"
import type { DanmakuItem } from "../../api/types"

export interface Hit extends DanmakuItem {
  /** What was found in the text: from this character, up to that one. */
  marks: [number, number][]
  room_id: string
  room_title: string
  broadcast_id: string | null
  broadcast_title: string | null
  ended: boolean
}

export interface Hits {
  items: Hit[]
  next?: string
  /** The query as the dictionary splits it. */
  words: string[]
  indexing: boolean
}

export interface Search {
  q?: string
  room?: string
  broadcast?: string
  viewer?: string
  mode?: string
  from?: string
  to?: string
}

const KEYS = ["q", "room", "broadcast", "viewer", "mode", "from", "to"] as const

/** What of an address this screen understands: a router reads `q=777` as a number. */
export function searchOf(address: Record<string, unknown>): Search {
  const search: Search = {}
  for (const key of KEYS) {
    const value = address[key]
    if (typeof value === "string" || typeof value === "number") search[key] = String(value)
  }
  return search
}

export function query(search: Search, after: string): string {
  const query = new URLSearchParams({ limit: "50" })
  for (const key of KEYS) {
    const value = search[key]?.trim()
    if (!value) continue
    if (key !== "from" && key !== "to") query.set(key, value)
    else if (!Number.isNaN(Date.parse(value))) query.set(key, String(Date.parse(value)))
  }
  if (after) query.set("after", after)
  return query.toString()
}

export const danmaku = {
  search: (search: Search, after: string) => ask<Hits>("GET", `/api/danmaku/search?${query(search, after)}`),
  /** What was said in a part of a show, in the order of its time; the archive's own order is that of arrival. */
  part: async (broadcast: string, from_ms: number, to_ms: number): Promise<DanmakuItem[]> => {
    const items: DanmakuItem[] = []
    for (let after = 0; ;) {
      const page = await api.danmaku(broadcast, { limit: 5000, from_ms, to_ms, after })
      items.push(...page.items)
      if (page.next === undefined || page.next === null) break
      after = Number(page.next)
    }
    return items.sort((a, b) => a.offset_ms - b.offset_ms)
  },
}

/** A text in parts, those that were found and those between them. Marks count characters, not UTF-16 units. */
export function parts(text: string, marks: [number, number][]): { text: string; found: boolean }[] {
  const chars = Array.from(text)
  const cut: { text: string; found: boolean }[] = []
  const add = (from: number, to: number, found: boolean) => {
    if (to > from) cut.push({ text: chars.slice(from, to).join(""), found })
  }
  let at = 0
  for (const [from, to] of marks) {
    add(at, from, false)
    add(from, to, true)
    at = to
  }
  add(at, chars.length, false)
  return cut
}

/** Where the moment is seen again: in the room as a viewer saw it, or for a show that was brought in, along its danmaku. */
export function placeOf(hit: Hit): string | null {
  if (!hit.broadcast_id) return null
  if (hit.source === "import") return `/console/danmaku?replay=${hit.broadcast_id}&at=${hit.before_air ? 0 : hit.offset_ms}`
  if (hit.ended) return `/r/${hit.room_id}?replay=${hit.broadcast_id}&at=${hit.at}`
  return `/console/live?room=${hit.room_id}&broadcast=${hit.broadcast_id}`
}

// What a source sends, as it comes. The newest are kept while the screen is open; paused, they wait aside.
import { useEffect, useReducer, useState } from "react"
import { collect, type Seen } from "./collect"

const MOST = 200

export interface Entry extends Seen {
  n: number
}

export interface Lines {
  shown: Entry[]
  /** Arrived while it was paused. */
  held: Entry[]
  missed: number
  /** Over the source's limit: they were turned away unread. */
  limited: number
  paused: boolean
  last: number
}

export type Step = { kind: "seen"; seen: Seen } | { kind: "missed" | "limited"; count: number } | { kind: "pause" } | { kind: "clear" }

export const NOTHING: Lines = { shown: [], held: [], missed: 0, limited: 0, paused: false, last: 0 }

/** Newest first. */
export function step(lines: Lines, action: Step): Lines {
  switch (action.kind) {
    case "seen": {
      const entry = { ...action.seen, n: lines.last + 1 }
      const [shown, held] = lines.paused ? [lines.shown, [entry, ...lines.held]] : [[entry, ...lines.shown], lines.held]
      return { ...lines, shown: shown.slice(0, MOST), held: held.slice(0, MOST), last: entry.n }
    }
    case "missed": return { ...lines, missed: lines.missed + action.count }
    case "limited": return { ...lines, limited: lines.limited + action.count }
    case "pause": return lines.paused ? { ...lines, paused: false, shown: [...lines.held, ...lines.shown].slice(0, MOST), held: [] } : { ...lines, paused: true }
    case "clear": return { ...lines, shown: [], held: [], missed: 0, limited: 0 }
  }
}

export type Line = "connecting" | "open" | "lost"

export function useLive(source: string) {
  const [lines, act] = useReducer(step, NOTHING)
  const [line, setLine] = useState<Line>("connecting")
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const events = collect.live(source)
    const data = (event: Event) => JSON.parse((event as MessageEvent<string>).data) as unknown
    events.addEventListener("ready", () => setLine("open"))
    events.addEventListener("seen", (event) => act({ kind: "seen", seen: data(event) as Seen }))
    for (const kind of ["missed", "limited"] as const) {
      events.addEventListener(kind, (event) => act({ kind, count: (data(event) as { count: number }).count }))
    }
    // It connects again by itself, unless it was refused.
    events.onerror = () => setLine(events.readyState === EventSource.CLOSED ? "lost" : "connecting")
    return () => events.close()
  }, [source, attempt])
  return { lines, act, line, retry: () => { setLine("connecting"); setAttempt((n) => n + 1) } }
}

// In and out point of a clip to be. Pure; offsets in ms.

export interface Range {
  in_ms: number | null
  out_ms: number | null
}

/** The server's limit. */
export const LONGEST_MS = 600_000
export const SHORTEST_MS = 500

/** An in point behind the out point takes it away, and the other way round. */
export function setIn(range: Range, at: number): Range {
  return { in_ms: at, out_ms: range.out_ms !== null && range.out_ms <= at ? null : range.out_ms }
}

export function setOut(range: Range, at: number): Range {
  return { in_ms: range.in_ms !== null && range.in_ms >= at ? null : range.in_ms, out_ms: at }
}

export type Trouble = "no_in" | "no_out" | "too_short" | "too_long" | null

export function trouble({ in_ms, out_ms }: Range): Trouble {
  if (in_ms === null) return "no_in"
  if (out_ms === null) return "no_out"
  if (out_ms - in_ms < SHORTEST_MS) return "too_short"
  return out_ms - in_ms > LONGEST_MS ? "too_long" : null
}

// A source in one word.
import type { Tone } from "../../ui/Pill"
import type { Source } from "./collect"

export function stateOf(source: Source): { tone: Tone; word: "paused" | "quiet" | "on" } {
  if (!source.enabled) return { tone: "warn", word: "paused" }
  return source.last_seen_at_ms === undefined ? { tone: "quiet", word: "quiet" } : { tone: "live", word: "on" }
}

// How a ladder stands, in a word, and what may be chosen.
import type { Tone } from "../../ui/Pill"
import type { Ladder, LadderState, Rung } from "./api"

/** Offered beside what a room has already. */
const USUAL = [1080, 720, 480, 360, 240]
export const MOST_RUNGS = 4

export function choices(chosen: readonly number[]): number[] {
  return [...new Set([...USUAL, ...chosen])].sort((a, b) => b - a)
}

export function sameRungs(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((lines) => b.includes(lines))
}

export type Word = LadderState | "off"

export function wordOf(ladder: Pick<Ladder, "enabled" | "state">): Word {
  return ladder.enabled ? ladder.state : "off"
}

export const TONES: Record<Word, Tone> = {
  off: "quiet", idle: "quiet", nothing_below: "quiet", running: "live",
  starting: "warn", no_capacity: "warn", ffmpeg_missing: "warn", too_slow: "warn", waiting: "warn",
}

/** "854×480 · 1.1 Mbit/s", as far as it is known. */
export function about(rung: Rung): string {
  const rate = rung.bitrate_kbps >= 1000 ? `${(rung.bitrate_kbps / 1000).toFixed(1)} Mbit/s` : `${rung.bitrate_kbps} kbit/s`
  return [`${rung.width}×${rung.height}`, ...(rung.bitrate_kbps > 0 ? [rate] : [])].join(" · ")
}

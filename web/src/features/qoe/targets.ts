// What is asked of a show's quality, and whether it is met. Pure.
import type { QualityFigures } from "../../api/types"

export type FigureKey = Exclude<keyof QualityFigures, "plays" | "played_ms" | "stalls">

export interface Figure {
  key: FigureKey
  /** Key of its name in the texts. */
  name: "stall_rate" | "stall_ms_per_100s" | "first_frame_p50" | "first_frame_p95" | "fail_rate" | "latency_p50" | "latency_p95" | "dropped_rate"
  unit: "ratio" | "ms"
  /** At most this. */
  target?: number
}

/** In the order of the tiles. Latency and first frame as promised for low-latency playback, drops as a clean hour has them. */
export const FIGURES: readonly Figure[] = [
  { key: "stall_rate", name: "stall_rate", unit: "ratio", target: 0.05 },
  { key: "stall_ms_per_100s", name: "stall_ms_per_100s", unit: "ms", target: 500 },
  { key: "first_frame_ms_p50", name: "first_frame_p50", unit: "ms", target: 1500 },
  { key: "first_frame_ms_p95", name: "first_frame_p95", unit: "ms", target: 3000 },
  { key: "fail_rate", name: "fail_rate", unit: "ratio", target: 0.02 },
  { key: "latency_ms_p50", name: "latency_p50", unit: "ms", target: 2000 },
  { key: "latency_ms_p95", name: "latency_p95", unit: "ms" },
  { key: "dropped_rate", name: "dropped_rate", unit: "ratio", target: 0.02 },
]

/** Plays below which a figure says little. */
export const FEW = 30

export function verdict(value: number | null | undefined, target: number | undefined): "met" | "missed" | null {
  if (value == null || target === undefined) return null
  return value <= target ? "met" : "missed"
}

/** Begins of minutes without reports lie open: a line through them would claim what nobody said. */
export function withGaps<T extends { at_ms: number }>(minutes: readonly T[], pick: (minute: T) => number | null | undefined, step_ms = 60_000): [number, number | null][] {
  const points: [number, number | null][] = []
  let last: number | null = null
  for (const minute of minutes) {
    if (last !== null && minute.at_ms - last > step_ms) points.push([last + step_ms, null])
    points.push([minute.at_ms, pick(minute) ?? null])
    last = minute.at_ms
  }
  return points
}

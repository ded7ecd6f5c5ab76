// What is asked of a show's quality, and whether it is met. Pure.
import type { QualityFigures } from "../../api/types"

export type FigureKey = Exclude<keyof QualityFigures, "plays" | "suspect_plays" | "played_ms" | "stalls">

export interface Figure {
  key: FigureKey
  /** Key of its name in the texts. */
  name: "stall_rate" | "stall_ms_per_100s" | "first_frame_p50" | "first_frame_p95" | "fail_rate" | "latency_p50" | "latency_p95" | "dropped_rate" | "av_offset_p95"
  /** The same for the head of a narrow column. */
  short: "stall_rate" | "short_stall_ms_per_100s" | "short_first_frame_p50" | "short_first_frame_p95" | "short_fail_rate" | "latency_p50" | "latency_p95" | "short_dropped_rate" | "short_av_offset_p95"
  unit: "ratio" | "ms"
  /** At most this. */
  target?: number
}

/** Of plays. Latency and first frame as promised for low-latency playback, drops as a clean hour has them. */
export const PLAY_FIGURES: readonly Figure[] = [
  { key: "stall_rate", name: "stall_rate", short: "stall_rate", unit: "ratio", target: 0.05 },
  { key: "stall_ms_per_100s", name: "stall_ms_per_100s", short: "short_stall_ms_per_100s", unit: "ms", target: 500 },
  { key: "fail_rate", name: "fail_rate", short: "short_fail_rate", unit: "ratio", target: 0.02 },
  { key: "first_frame_ms_p50", name: "first_frame_p50", short: "short_first_frame_p50", unit: "ms", target: 1500 },
  { key: "first_frame_ms_p95", name: "first_frame_p95", short: "short_first_frame_p95", unit: "ms", target: 3000 },
  { key: "latency_ms_p50", name: "latency_p50", short: "latency_p50", unit: "ms", target: 2000 },
  { key: "latency_ms_p95", name: "latency_p95", short: "latency_p95", unit: "ms" },
  { key: "dropped_rate", name: "dropped_rate", short: "short_dropped_rate", unit: "ratio", target: 0.02 },
]

/** Of a whole show, in the order of the tiles. The encoder's skew as its alarm has it. */
export const FIGURES: readonly Figure[] = [...PLAY_FIGURES, { key: "av_offset_ms_p95", name: "av_offset_p95", short: "short_av_offset_p95", unit: "ms", target: 80 }]

/** Plays below which a figure says little. */
export const FEW = 30

export function verdict(value: number | null | undefined, target: number | undefined): "met" | "missed" | null {
  if (value == null || target === undefined) return null
  return value <= target ? "met" : "missed"
}

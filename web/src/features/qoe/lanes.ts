// The lanes of the timeline: what stands under what, over one axis of time. Pure.
import type { Quality, QualityMinute } from "../../api/types"
import type { Token } from "../../ui/theme"

const MINUTE_MS = 60_000
/** Windows are 10 s or several of them; a longer hole is one. */
const WINDOW_MS = 40_000

export type LinePoint = [at_ms: number, value: number | null]
export type Unit = "ratio" | "ms" | "count" | "kbps" | "fps"
type Ingest = Quality["ingest"][number]

export interface Line {
  /** Key of its name in the texts. */
  name: "stall_rate" | "plays" | "first_frame_p50" | "failures" | "latency_p50" | "latency_p95" | "kbps" | "audio_kbps" | "fps" | "skew" | "gop" | "gap" | "jumps"
  unit: Unit
  colour: Token
  points: LinePoint[]
  /** On the right axis. */
  right?: boolean
  /** Its axis reaches this far at least, so that what is well within its limit looks small. */
  reach?: number
  look?: "dashed" | "area" | "marks"
  /** Of the show it is compared with. */
  other?: boolean
}

export interface Lane {
  side: "viewers" | "ingest"
  lines: Line[]
  /** It has values below 0. */
  signed?: boolean
}

/** A lane with its title, and the axis of time under the last one; px. */
export const LANE = 78
export const TITLE = 20
const AXIS = 26

export function heightOf(lanes: readonly Lane[]): number {
  return lanes.length * LANE + AXIS
}

/** Begins of minutes without reports lie open: a line through them would claim what nobody said. */
export function withGaps<T extends { at_ms: number }>(rows: readonly T[], pick: (row: T) => number | null | undefined, step_ms = MINUTE_MS): LinePoint[] {
  const points: LinePoint[] = []
  let last: number | null = null
  for (const row of rows) {
    if (last !== null && row.at_ms - last > step_ms) points.push([last + step_ms, null])
    points.push([row.at_ms, pick(row) ?? null])
    last = row.at_ms
  }
  return points
}

/** Lanes that have something to show. */
export function lanesOf(quality: Quality): Lane[] {
  const { timeline } = quality
  const shift_ms = quality.against ? quality.show.started_at_ms - quality.against.show.started_at_ms : 0
  const others = (quality.against?.timeline ?? []).map((minute) => ({ ...minute, at_ms: minute.at_ms + shift_ms }))
  const encoder = quality.ingest.filter((point) => point.source !== "slate")
  const minutes = (pick: (minute: QualityMinute) => number | null | undefined) => withGaps(timeline, pick)
  const before = (name: Line["name"], unit: Unit, pick: (minute: QualityMinute) => number | null | undefined): Line => ({ name, unit, colour: "ink-3", look: "dashed", other: true, points: withGaps(others, pick) })
  const windows = (pick: (point: Ingest) => number | null | undefined) => withGaps(encoder, pick, WINDOW_MS)
  const jumps: LinePoint[] = encoder.filter((point) => point.jumps > 0).map((point) => [point.at_ms, point.jumps])
  const lanes: Lane[] = [
    {
      side: "viewers", lines: [
        { name: "stall_rate", unit: "ratio", colour: "bad", points: minutes((minute) => minute.stall_rate), reach: 0.1 },
        { name: "plays", unit: "count", colour: "curve-2", points: minutes((minute) => minute.plays), right: true, look: "area" },
        before("stall_rate", "ratio", (minute) => minute.stall_rate),
      ],
    },
    {
      side: "viewers", lines: [
        { name: "latency_p50", unit: "ms", colour: "curve", points: minutes((minute) => minute.latency_ms_p50) },
        { name: "latency_p95", unit: "ms", colour: "warn", points: minutes((minute) => minute.latency_ms_p95) },
        before("latency_p50", "ms", (minute) => minute.latency_ms_p50),
      ],
    },
    {
      side: "viewers", lines: [
        { name: "first_frame_p50", unit: "ms", colour: "curve", points: minutes((minute) => minute.first_frame_ms_p50) },
        { name: "failures", unit: "count", colour: "bad", points: minutes((minute) => minute.failures), right: true, look: "area", reach: 4 },
        before("first_frame_p50", "ms", (minute) => minute.first_frame_ms_p50),
      ],
    },
    {
      side: "ingest", lines: [
        { name: "kbps", unit: "kbps", colour: "good", points: windows((point) => point.video_kbps) },
        { name: "fps", unit: "fps", colour: "warn", points: windows((point) => point.fps), right: true },
      ],
    },
    {
      side: "ingest", lines: [
        { name: "audio_kbps", unit: "kbps", colour: "good", points: windows((point) => point.audio_kbps) },
        { name: "gap", unit: "ms", colour: "bad", points: windows((point) => point.gap_ms), right: true, reach: 1000 },
      ],
    },
    {
      side: "ingest", signed: true, lines: [
        { name: "skew", unit: "ms", colour: "curve", points: windows((point) => point.skew_ms), reach: 100 },
        { name: "gop", unit: "ms", colour: "warn", points: windows((point) => point.gop_ms), right: true, reach: 4000 },
        { name: "jumps", unit: "count", colour: "bad", points: jumps, look: "marks" },
      ],
    },
  ]
  // A line of no failures says nothing that its absence does not.
  const said = (line: Line) => line.points.some(([, value]) => value !== null && (line.name !== "failures" || value > 0))
  return lanes.map((lane) => ({ ...lane, lines: lane.lines.filter(said) })).filter((lane) => lane.lines.some((line) => !line.other))
}

/** From the first to the last moment that anything speaks of. */
export function spanOf(quality: Quality, now: number): [from: number, to: number] {
  const minutes = quality.timeline.map((minute) => minute.at_ms)
  const windows = quality.ingest.map((point) => point.at_ms)
  const alarms = quality.alarms.map((alarm) => alarm.raised_at)
  // A spread of a show of days into arguments would be too long a list.
  const least = [...minutes.slice(0, 1), ...windows.slice(0, 1), ...alarms].reduce((a, b) => Math.min(a, b), Infinity)
  const ends = [(minutes.at(-1) ?? -Infinity) + MINUTE_MS, (windows.at(-1) ?? -Infinity) + 10_000, ...alarms]
  const last = ends.reduce((a, b) => Math.max(a, b), -Infinity)
  if (!Number.isFinite(least)) return [now - MINUTE_MS, now]
  return [least, Math.min(Math.max(last, least + MINUTE_MS), Math.max(now, least + MINUTE_MS))]
}

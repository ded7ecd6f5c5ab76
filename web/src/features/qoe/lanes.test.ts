import { describe, expect, it } from "vitest"
import type { Quality } from "../../api/types"
import { lanesOf, spanOf, withGaps } from "./lanes"

const MINUTE = 60_000

function quality(change: Partial<Quality>): Quality {
  const figures = { plays: 0, suspect_plays: 0, played_ms: 0, stalls: 0 }
  const show = { broadcast_id: "a", room_id: "r", title: "now", started_at_ms: 10 * MINUTE }
  return { show, summary: figures, timeline: [], ingest: [], alarms: [], ...change }
}

function minute(at: number, stall_rate = 0.1) {
  return { at_ms: at * MINUTE, plays: 4, stall_rate, failures: 0, latency_ms_p50: 900, latency_ms_p95: 1200 }
}

function point(at_ms: number, jumps = 0) {
  return { at_ms, source: "primary", video_kbps: 2000, audio_kbps: 128, fps: 25, gop_ms: 2000, gap_ms: 40, skew_ms: -3, jumps }
}

describe("lines", () => {
  it("lie open where nobody reported", () => {
    const minutes = [0, 1, 4].map((at) => ({ at_ms: at * MINUTE, value: at }))
    expect(withGaps(minutes, (one) => one.value)).toEqual([[0, 0], [60_000, 1], [120_000, null], [240_000, 4]])
  })
})

describe("lanes", () => {
  const names = (of: Quality) => lanesOf(of).map((lane) => lane.lines.map((line) => line.name).join(" "))

  it("show what viewers reported and what the encoder sent", () => {
    expect(names(quality({ timeline: [minute(10)], ingest: [point(10 * MINUTE), point(10 * MINUTE + 10_000, 2)] }))).toEqual([
      "stall_rate plays", "latency_p50 latency_p95", "kbps fps", "audio_kbps gap", "skew gop jumps",
    ])
  })
  it("tell of first frames and failures where there are any", () => {
    expect(names(quality({ timeline: [{ ...minute(10), failures: 1 }] }))).toContain("failures")
    expect(names(quality({ timeline: [{ ...minute(10), first_frame_ms_p50: 800 }] }))).toContain("first_frame_p50")
  })
  it("that have nothing to show are not there", () => {
    expect(names(quality({}))).toEqual([])
    expect(names(quality({ ingest: [{ ...point(1), source: "slate" }] }))).toEqual([])
    expect(names(quality({ ingest: [{ ...point(1), skew_ms: null, gop_ms: null }] }))).toEqual(["kbps fps", "audio_kbps gap"])
  })
  it("lay another show's minutes over this one's beginning", () => {
    const show = { broadcast_id: "b", room_id: "s", title: "before", started_at_ms: 2 * MINUTE }
    const against = { show, summary: quality({}).summary, timeline: [minute(3, 0.5)] }
    const [lane] = lanesOf(quality({ timeline: [minute(10)], against }))
    expect(lane?.lines.find((line) => line.other)?.points).toEqual([[11 * MINUTE, 0.5]])
  })
})

describe("the span", () => {
  it("holds everything, and no future", () => {
    const now = 40 * MINUTE
    expect(spanOf(quality({ timeline: [minute(10), minute(20)] }), now)).toEqual([10 * MINUTE, 21 * MINUTE])
    expect(spanOf(quality({ timeline: [minute(10), minute(40)] }), now + 5000)).toEqual([10 * MINUTE, now + 5000])
    expect(spanOf(quality({}), now)).toEqual([39 * MINUTE, now])
  })
})

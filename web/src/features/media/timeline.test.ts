import { describe, expect, it } from "vitest"
import { Timeline } from "./timeline"

// Two pieces: 10 s from 1000 s on, then a hole of 20 s.
const timeline = new Timeline([
  { start: 0, duration: 4, at: 1_000_000 },
  { start: 4, duration: 6, at: 1_004_120 },
  { start: 10, duration: 5, at: 1_030_000 },
])

describe("a recording's timeline", () => {
  it("joins what belongs together", () => {
    expect(timeline.pieces).toEqual([{ start: 0, duration: 10, at: 1_000_000 }, { start: 10, duration: 5, at: 1_030_000 }])
    expect([timeline.first, timeline.last]).toEqual([1_000_000, 1_035_000])
  })
  it("knows the moment of a position", () => {
    expect([0, 9, 10, 12].map((position) => timeline.at(position))).toEqual([1_000_000, 1_009_000, 1_030_000, 1_032_000])
  })
  it("knows the position of a moment", () => {
    expect([1_000_000, 1_009_000, 1_032_000].map((at) => timeline.position(at))).toEqual([0, 9, 12])
  })
  it("a moment in a hole is where the picture goes on, one outside the nearest end", () => {
    expect([1_015_000, 0, 9_000_000].map((at) => timeline.position(at))).toEqual([10, 0, 15])
  })
  it("an empty one knows nothing", () => {
    const empty = new Timeline([])
    expect([empty.at(1), empty.position(1), empty.first, empty.last]).toEqual([null, null, null, null])
  })
})

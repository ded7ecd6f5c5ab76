import { describe, expect, it } from "vitest"
import { QualityMeter, type QualityReport } from "./quality"
import { bestOffset } from "./serverClock"

const NOTHING = { latency_ms: null, height: null, bitrate_kbps: null }

function meter(): QualityMeter {
  let plays = 0
  return new QualityMeter("test", "Asia/Shanghai", () => `play-${++plays}`)
}

function started(at = 100): QualityMeter {
  const one = meter()
  one.wish(0)
  one.firstFrame(at)
  return one
}

function take(one: QualityMeter, now: number): QualityReport {
  const report = one.take(now, NOTHING, true)
  if (!report) throw new Error("no report")
  return report
}

describe("a play's quality", () => {
  it("begins with the wish and tells the first frame once", () => {
    const one = meter()
    expect(one.take(0, NOTHING, true)).toBeNull()
    one.wish(1000)
    one.firstFrame(1850)
    one.firstFrame(2000)
    expect(one.take(2100, NOTHING)).toMatchObject({ play: "play-1", first_frame_ms: 850 })
    expect(one.take(2200, NOTHING)).toBeNull()
    one.wish(9000)
    one.firstFrame(9500)
    expect(one.take(9600, NOTHING)).toMatchObject({ play: "play-2", first_frame_ms: 500 })
  })
  it("counts stalls longer than 200 ms only", () => {
    const one = started()
    one.stands(1000, 1000)
    one.stands(null, 1200)
    one.stands(2000, 2000)
    one.stands(2000, 2100)
    one.stands(null, 2500)
    expect(take(one, 3000)).toMatchObject({ stalls: 1, stalled_ms: 500 })
  })
  it("counts a stall over several reports once, with all its time", () => {
    const one = started()
    one.stands(1000, 1000)
    expect(take(one, 1100)).toMatchObject({ stalls: 0, stalled_ms: 0 })
    expect(take(one, 4000)).toMatchObject({ stalls: 1, stalled_ms: 3000 })
    one.stands(null, 5000)
    expect(take(one, 6000)).toMatchObject({ stalls: 0, stalled_ms: 1000 })
  })
  it("a stall that is noticed late counts from its beginning", () => {
    const one = started()
    one.stands(1000, 1700)
    one.stands(null, 1800)
    expect(take(one, 2000)).toMatchObject({ stalls: 1, stalled_ms: 800 })
  })
  it("sleeping in the middle of a stall is no waiting", () => {
    const one = started()
    for (let now = 1000; now <= 1500; now += 250) one.stands(1000, now)
    one.stands(null, 600_000)
    expect(take(one, 600_001)).toMatchObject({ stalls: 1, stalled_ms: 500 })
  })
  it("waiting before the first frame is no stall", () => {
    const one = meter()
    one.wish(0)
    one.stands(10, 10)
    one.firstFrame(4000)
    one.stands(null, 4000)
    expect(take(one, 5000)).toMatchObject({ stalls: 0, first_frame_ms: 4000 })
  })
  it("tells a failure of a play that never showed a frame", () => {
    const one = meter()
    one.wish(0)
    one.failed("levelLoadError 500")
    expect(one.take(500, NOTHING)?.failure).toBe("levelLoadError 500")
    expect(one.take(900, NOTHING)).toBeNull()
  })
  it("tells a play that comes to nothing once it is overdue, and not again", () => {
    const one = meter()
    one.wish(1000)
    expect(one.take(9000, NOTHING)).toBeNull()
    expect(one.take(11_000, NOTHING)).toMatchObject({ play: "play-1", played_ms: 0 })
    expect(one.take(21_000, NOTHING)).toBeNull()
    expect(one.take(22_000, NOTHING, true)).toBeNull()
  })
  it("tells a play that is left before its first frame", () => {
    const one = meter()
    one.wish(1000)
    expect(one.take(1800, NOTHING, true)).toMatchObject({ play: "play-1" })
  })
  it("an excusable failure is told only by a play that comes to nothing", () => {
    const one = meter()
    one.wish(0)
    one.failed("manifestLoadError 404", true)
    expect(one.take(3000, NOTHING)).toBeNull()
    expect(one.take(10_000, NOTHING)?.failure).toBe("manifestLoadError 404")
    one.wish(20_000)
    one.failed("manifestLoadError 404", true)
    one.firstFrame(21_000)
    expect(take(one, 30_000).failure).toBeUndefined()
  })
  it("frames are differences, also over a new source", () => {
    const one = started()
    one.counters(100, 2)
    one.counters(250, 3)
    expect(take(one, 1)).toMatchObject({ frames: 250, dropped: 3 })
    one.counters(20, 0)
    expect(take(one, 2)).toMatchObject({ frames: 20, dropped: 0 })
  })
  it("keeps fractions of played time", () => {
    const one = started()
    one.played(999.6)
    expect(take(one, 1).played_ms).toBe(999)
    one.played(0.5)
    expect(take(one, 2).played_ms).toBe(1)
  })
  it("has a latency only with a picture, never a negative one", () => {
    const one = meter()
    one.wish(0)
    expect(one.take(1, { ...NOTHING, latency_ms: 900 }, true)?.latency_ms).toBeUndefined()
    one.firstFrame(2)
    expect(one.take(3, { ...NOTHING, latency_ms: -4 })?.latency_ms).toBe(0)
  })
})

describe("the server's clock", () => {
  it("takes the shortest round trip", () => {
    const samples = [{ asked: 0, answered: 400, server: 5000 }, { asked: 1000, answered: 1020, server: 5910 }, { asked: 2000, answered: 1990, server: 0 }]
    expect(bestOffset(samples)).toBe(4900)
    expect(bestOffset([])).toBeNull()
  })
})

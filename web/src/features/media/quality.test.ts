import { describe, expect, it } from "vitest"
import { Cushion } from "./cushion"
import { QualityMeter, worthTelling, type QualityReport } from "./quality"
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
  const report = one.take(now, NOTHING)
  if (!report) throw new Error("no report")
  return report
}

describe("a play's quality", () => {
  it("begins with the wish and tells the first frame once", () => {
    const one = meter()
    expect(one.take(0, NOTHING)).toBeNull()
    one.wish(1000)
    expect(worthTelling(take(one, 1100))).toBe(false)
    one.firstFrame(1850)
    one.firstFrame(2000)
    expect(take(one, 2100)).toMatchObject({ play: "play-1", first_frame_ms: 850 })
    expect(take(one, 2200).first_frame_ms).toBeUndefined()
    one.wish(9000)
    one.firstFrame(9500)
    expect(take(one, 9600)).toMatchObject({ play: "play-2", first_frame_ms: 500 })
  })
  it("counts stalls longer than 200 ms only", () => {
    const one = started()
    one.waits(1000)
    one.moves(1200)
    one.waits(2000)
    one.waits(2100)
    one.moves(2500)
    expect(take(one, 3000)).toMatchObject({ stalls: 1, stalled_ms: 500 })
  })
  it("counts a stall over several reports once, with all its time", () => {
    const one = started()
    one.waits(1000)
    expect(take(one, 1100)).toMatchObject({ stalls: 0, stalled_ms: 0 })
    expect(take(one, 4000)).toMatchObject({ stalls: 1, stalled_ms: 3000 })
    one.moves(5000)
    expect(take(one, 6000)).toMatchObject({ stalls: 0, stalled_ms: 1000 })
  })
  it("waiting before the first frame is no stall", () => {
    const one = meter()
    one.wish(0)
    one.waits(10)
    one.firstFrame(4000)
    one.moves(4000)
    expect(take(one, 5000)).toMatchObject({ stalls: 0, first_frame_ms: 4000 })
  })
  it("tells a failure of a play that never showed a frame", () => {
    const one = meter()
    one.wish(0)
    one.failed("levelLoadError 404")
    const report = take(one, 500)
    expect(report.failure).toBe("levelLoadError 404")
    expect(worthTelling(report)).toBe(true)
    expect(take(one, 900).failure).toBeUndefined()
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
    expect(one.take(1, { ...NOTHING, latency_ms: 900 })?.latency_ms).toBeUndefined()
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

describe("the cushion", () => {
  it("grows by stalls up to a limit and shrinks in calm", () => {
    const cushion = new Cushion()
    for (let nth = 0; nth < 10; nth += 1) cushion.stalled(0)
    expect(cushion.extra_s).toBe(1.5)
    expect(cushion.calm(10_000)).toBe(false)
    expect(cushion.calm(40_000)).toBe(true)
    expect(cushion.calm(41_000)).toBe(false)
    expect(cushion.extra_s).toBe(1)
  })
})

import { describe, expect, it } from "vitest"
import { momentOf } from "./refusal"
import { LONGEST_MS, setIn, setOut, trouble } from "./range"
import { atShare, follow, share, ticks, within, zoom } from "./scale"
import { commandOf, faster } from "./shortcuts"

const whole = { from: 0, to: 3_600_000 }

describe("the timeline's scale", () => {
  it("places moments and finds them again", () => {
    const scale = { from: 60_000, to: 180_000 }
    expect(share(scale, 90_000)).toBe(0.25)
    expect(atShare(scale, 0.25)).toBe(90_000)
  })
  it("zooms around a moment that stays where it is", () => {
    const near = zoom(whole, whole, 900_000, 0.5)
    expect(near).toEqual({ from: 450_000, to: 2_250_000 })
    expect(share(near, 900_000)).toBe(share(whole, 900_000))
    expect(zoom(near, whole, 900_000, 100)).toEqual(whole)
    expect(zoom({ from: 0, to: 12_000 }, whole, 0, 0.01)).toEqual({ from: 0, to: 10_000 })
  })
  it("stays within the show", () => {
    expect(within({ from: -50, to: 50 }, whole)).toEqual({ from: 0, to: 100 })
    expect(within({ from: 3_599_950, to: 3_600_050 }, whole)).toEqual({ from: 3_599_900, to: 3_600_000 })
  })
  it("turns the page when the picture leaves it", () => {
    const scale = { from: 0, to: 100_000 }
    expect(follow(scale, whole, 50_000)).toBe(scale)
    expect(follow(scale, whole, 101_000)).toEqual({ from: 91_000, to: 191_000 })
  })
  it("writes round moments", () => {
    expect(ticks({ from: 1500, to: 11_000 }, 6)).toEqual([2000, 4000, 6000, 8000, 10_000])
    expect(ticks(whole, 8).length).toBeLessThanOrEqual(9)
  })
})

describe("in and out", () => {
  it("never stand the wrong way round", () => {
    expect(setIn({ in_ms: null, out_ms: 5000 }, 9000)).toEqual({ in_ms: 9000, out_ms: null })
    expect(setOut({ in_ms: 4000, out_ms: null }, 1000)).toEqual({ in_ms: null, out_ms: 1000 })
    expect(setOut({ in_ms: 4000, out_ms: null }, 9000)).toEqual({ in_ms: 4000, out_ms: 9000 })
  })
  it("say what is missing", () => {
    expect(trouble({ in_ms: null, out_ms: null })).toBe("no_in")
    expect(trouble({ in_ms: 1, out_ms: null })).toBe("no_out")
    expect(trouble({ in_ms: 1, out_ms: 2 })).toBe("too_short")
    expect(trouble({ in_ms: 0, out_ms: LONGEST_MS + 1 })).toBe("too_long")
    expect(trouble({ in_ms: 0, out_ms: 60_000 })).toBeNull()
  })
})

describe("keys", () => {
  const press = (key: string, shift = false, other = false) => commandOf({ key, shift, other })
  it("are the cutting room's", () => {
    expect(press("i")).toEqual({ do: "in" })
    expect(press("O")).toEqual({ do: "out" })
    expect(press("ArrowLeft")).toEqual({ do: "step", frames: -1 })
    expect(press("ArrowRight", true)).toEqual({ do: "skip", ms: 1000 })
    expect(press("i", false, true)).toBeNull()
    expect(press("x")).toBeNull()
  })
  it("L goes through the speeds", () => {
    expect([1, 1.5, 2].map(faster)).toEqual([1.5, 2, 2])
  })
})

describe("refusals", () => {
  it("name the moment they speak of", () => {
    expect(momentOf("no picture before 40012 ms can be decoded by itself; begin there")).toBe(40_012)
    expect(momentOf("the disk is nearly full")).toBeNull()
  })
})

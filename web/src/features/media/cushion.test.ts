import { describe, expect, it } from "vitest"
import { Cushion } from "./cushion"

const S = 1000

describe("the cushion", () => {
  it("buys what a stall lacked, within limits", () => {
    const after = (...stalls: number[]) => {
      const cushion = new Cushion()
      for (const stood_ms of stalls) cushion.stalled(0, stood_ms)
      return cushion.extra_s
    }
    expect([after(250), after(1200), after(60_000)]).toEqual([0.5, 1.2, 2])
    expect(after(1000, 1000, 1000, 1000, 1000)).toBe(4)
  })
  it("gives it back in calm, bit by bit", () => {
    const cushion = new Cushion()
    cushion.stalled(0, 1000)
    expect([10, 29, 30, 31, 60, 90].map((at) => (cushion.calm(at * S), cushion.extra_s))).toEqual([1, 1, 0.5, 0.5, 0, 0])
  })
  it("does not try again so soon what went wrong", () => {
    const cushion = new Cushion()
    cushion.stalled(0, 500)
    expect(cushion.calm(30 * S)).toBe(true)
    cushion.stalled(40 * S, 500)
    expect([cushion.calm(70 * S), cushion.calm(100 * S)]).toEqual([false, true])
    cushion.stalled(110 * S, 500)
    expect([cushion.calm(200 * S), cushion.calm(230 * S)]).toEqual([false, true])
    // A stall long after is not for what was given back.
    cushion.stalled(1000 * S, 500)
    expect(cushion.calm(1120 * S)).toBe(true)
  })
})

import { describe, expect, it } from "vitest"
import { NativeClock } from "./native"

describe("the moment a browser's own player shows", () => {
  it("is its start date and its position", () => {
    expect(new NativeClock().shownAt(1_000_000, 12.5)).toBe(1_012_500)
  })
  it("is unknown to a browser that says nothing", () => {
    expect(new NativeClock().shownAt(undefined, 3)).toBeNull()
    expect(new NativeClock().shownAt(Number.NaN, 3)).toBeNull()
  })
  it("is believed after an outage only if the date took it up", () => {
    const clock = new NativeClock()
    clock.shownAt(1_000_000, 10)
    clock.outage()
    expect(clock.shownAt(1_000_000, 11)).toBeNull()
    expect(clock.shownAt(1_004_000, 11)).toBe(1_015_000)
    expect(clock.shownAt(1_004_000, 12)).toBe(1_016_000)
  })
  it("begins anew with another source", () => {
    const clock = new NativeClock()
    clock.shownAt(1_000_000, 10)
    clock.outage()
    clock.reset()
    expect(clock.shownAt(1_000_000, 1)).toBe(1_001_000)
  })
})

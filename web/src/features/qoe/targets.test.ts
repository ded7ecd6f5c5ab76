import { describe, expect, it } from "vitest"
import { verdict, withGaps } from "./targets"

describe("targets", () => {
  it("are met up to their value, and silent without one", () => {
    expect([verdict(0.05, 0.05), verdict(0.06, 0.05), verdict(null, 0.05), verdict(1, undefined)]).toEqual(["met", "missed", null, null])
  })
})

describe("lines", () => {
  it("lie open where nobody reported", () => {
    const minutes = [0, 1, 4].map((minute) => ({ at_ms: minute * 60_000, value: minute }))
    expect(withGaps(minutes, (minute) => minute.value)).toEqual([[0, 0], [60_000, 1], [120_000, null], [240_000, 4]])
  })
})

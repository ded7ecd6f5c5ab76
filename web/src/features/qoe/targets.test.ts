import { describe, expect, it } from "vitest"
import { verdict } from "./targets"

describe("targets", () => {
  it("are met up to their value, and silent without one", () => {
    expect([verdict(0.05, 0.05), verdict(0.06, 0.05), verdict(null, 0.05), verdict(1, undefined)]).toEqual(["met", "missed", null, null])
  })
})

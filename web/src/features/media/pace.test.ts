import { describe, expect, it } from "vitest"
import { pace } from "./pace"

const at = (behind_s: number, now = 1, buffer_s = 2) => pace({ behind_s, target_s: 0.6, buffer_s }, now)

describe("pace", () => {
  it("is plain where it should be", () => {
    expect([0.4, 0.6, 0.8].map((behind) => at(behind))).toEqual([1, 1, 1])
  })
  it("catches up gently, more when further behind", () => {
    expect([0.9, 1.3, 3].map((behind) => at(behind))).toEqual([1.03, 1.06, 1.1])
  })
  it("goes on until it is there", () => {
    expect(at(0.75, 1.03)).toBe(1.03)
    expect(at(0.65, 1.03)).toBe(1)
  })
  it("does not eat up a small buffer", () => {
    expect(at(3, 1, 0.2)).toBe(1)
  })
  it("goes slower when media comes late, until there is a little again", () => {
    expect(at(0.6, 1, 0.1)).toBe(0.95)
    expect(at(0.7, 0.95, 0.3)).toBe(0.95)
    expect(at(0.7, 0.95, 0.4)).toBe(1)
  })
  it("falls back from the edge until there is room again", () => {
    expect(at(0.2)).toBe(0.95)
    expect(at(0.5, 0.95)).toBe(0.95)
    expect(at(0.65, 0.95)).toBe(1)
  })
})

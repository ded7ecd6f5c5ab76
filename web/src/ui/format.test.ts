import { describe, expect, it } from "vitest"
import { age, byUnit, change, clock, count, DASH, percent, short, signedPercent, span } from "./format"

describe("format", () => {
  it("writes a missing value as a dash, never 0", () => {
    for (const write of [count, percent, clock]) expect(write(null)).toBe(DASH)
    expect(byUnit(null, "ratio", "zh-CN")).toBe(DASH)
    expect(span(undefined, "en")).toBe(DASH)
    expect(byUnit(Number.NaN, "count", "en")).toBe(DASH)
  })
  it("groups digits and shortens by the language's own steps", () => {
    expect(count(1234567)).toBe("1,234,567")
    expect(short(9999, "zh-CN")).toBe("9,999")
    expect(short(12_345, "zh-CN")).toBe("1.2万")
    expect(short(234_000_000, "zh-CN")).toBe("2.3亿")
    expect(short(12_345, "en")).toBe("12.3K")
  })
  it("shows ratios as percent", () => expect(byUnit(0.1234, "ratio", "zh-CN")).toBe("12.3%"))
  it("keeps the sign of an offset before air", () => {
    expect(clock(-65_000)).toBe("-01:05")
    expect(clock(3_723_000)).toBe("1:02:03")
  })
  it("says spans as people do", () => {
    expect(span(42, "zh-CN")).toBe("42秒")
    expect(span(725, "en")).toBe("12m 05s")
    expect(span(11_520, "zh-CN")).toBe("3时12分")
  })
  it("has no change when there is nothing to compare with", () => {
    expect(change(5, 0)).toBeNull()
    expect(change(null, 3)).toBeNull()
    expect(signedPercent(change(6, 4))).toBe("+50%")
    expect(signedPercent(change(39, 40))).toBe("−2.5%")
  })
  it("ages from seconds to days", () => {
    expect(age(900).key).toBe("ago_now")
    expect(age(12_000)).toEqual({ key: "ago_s", n: 12 })
    expect(age(3_700_000)).toEqual({ key: "ago_h", n: 1 })
  })
})

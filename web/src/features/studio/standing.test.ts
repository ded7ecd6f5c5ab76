import { describe, expect, it } from "vitest"
import { mayGo, standing, verdictOf } from "./standing"

describe("standing", () => {
  it("is that of the last day's check", () => {
    const now = 1_800_000_000_000
    expect(standing(undefined, now)).toBe("none")
    expect(standing({ finished_at: null, result: null }, now)).toBe("none")
    expect(standing({ finished_at: now - 3_600_000, result: "warn" }, now)).toBe("warn")
    expect(standing({ finished_at: now - 25 * 3_600_000, result: "pass" }, now)).toBe("old")
  })
})

describe("the headline", () => {
  it("goes by the encoder, and says what else there is", () => {
    expect(verdictOf(false, "pass", "pass")).toBe("ready")
    expect(verdictOf(false, "pass", "none")).toBe("ready")
    expect(verdictOf(false, "warn", "pass")).toBe("look")
    expect(verdictOf(false, "pass", "unchecked")).toBe("look")
    expect(verdictOf(false, "pass", "fail")).toBe("device_fails")
    expect(verdictOf(false, "fail", "fail")).toBe("fails")
    expect(verdictOf(false, "old", "fail")).toBe("first")
    expect(verdictOf(true, "fail", "none")).toBe("live")
  })
  it("does not hold back what could not be looked at", () => {
    // H.265, AV1, or a server without ffmpeg: nothing failed.
    expect(verdictOf(false, "unchecked", "pass")).toBe("unchecked")
    expect(mayGo("unchecked")).toBe(true)
    expect([mayGo("fails"), mayGo("first"), mayGo("device_fails")]).toEqual([false, false, true])
  })
})

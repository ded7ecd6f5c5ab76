import { describe, expect, it } from "vitest"
import { decibel, frame, hum, lumaOf, share } from "./signal"

function picture(grey: (pixel: number) => number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 400 }, (_, at) => (at % 4 === 3 ? 255 : grey(Math.floor(at / 4))))
}

function tone(hz: number, size: number, rate = 48_000): Float32Array {
  return Float32Array.from({ length: 4800 }, (_, n) => size * Math.sin((2 * Math.PI * hz * n) / rate))
}

describe("pictures", () => {
  it("black is 16, white 235", () => {
    expect(lumaOf(picture(() => 0), null)).toEqual({ mean: 16, low: 16, high: 16, moved: null })
    expect(lumaOf(picture(() => 255), null).mean).toBeCloseTo(235, 3)
  })
  it("quantiles see a bright spot in the dark", () => {
    const luma = lumaOf(picture((pixel) => (pixel < 80 ? 0 : 255)), null)
    expect([luma.low, luma.high]).toEqual([16, 235])
  })
  it("movement is the mean difference", () => {
    const before = picture(() => 100)
    expect(lumaOf(picture(() => 100), before).moved).toBe(0)
    expect(lumaOf(picture((pixel) => (pixel < 50 ? 110 : 100)), before).moved).toBe(5)
  })
})

describe("sounds", () => {
  it("a sine's power is half its peak's square", () => {
    const heard = frame(tone(440, 0.5))
    expect(decibel(Math.sqrt(heard.power))).toBeCloseTo(-9.03, 1)
    expect(heard.peak).toBeCloseTo(0.5, 2)
    expect(heard.clipped).toBe(0)
  })
  it("clipping is counted, silence is finite", () => {
    expect(frame(tone(440, 3)).clipped).toBeGreaterThan(2000)
    expect(decibel(0)).toBe(-120)
  })
  it("hum is the share at the mains' frequencies", () => {
    const spectrum = new Float32Array(4096).fill(-120)
    spectrum[Math.round(50 / 5.86)] = -20
    spectrum[Math.round(1000 / 5.86)] = -20
    const { hum: buzz, whole } = hum(spectrum, 5.86)
    expect(share(buzz, whole)).toBeCloseTo(50, 0)
  })
  it("nothing of nothing is 0", () => expect(share(0, 0)).toBe(0))
})

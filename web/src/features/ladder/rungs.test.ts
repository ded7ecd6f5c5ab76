import { describe, expect, it } from "vitest"
import type { Rung } from "./api"
import { about, choices, sameRungs, wordOf } from "./rungs"

describe("a ladder", () => {
  it("offers the usual rungs and those that the room has", () => {
    expect(choices([720, 144])).toEqual([1080, 720, 480, 360, 240, 144])
    expect(sameRungs([480, 720], [720, 480]) && !sameRungs([480], [720, 480])).toBe(true)
  })

  it("that is off is nothing else", () => {
    expect(wordOf({ enabled: false, state: "running" })).toBe("off")
    expect(wordOf({ enabled: true, state: "no_capacity" })).toBe("no_capacity")
  })

  it("describes a rung as far as it is known", () => {
    const rung: Rung = { lines: 480, width: 854, height: 480, bitrate_kbps: 0, playable: false }
    expect(about(rung)).toBe("854×480")
    expect(about({ ...rung, bitrate_kbps: 620 })).toBe("854×480 · 620 kbit/s")
    expect(about({ ...rung, bitrate_kbps: 1120 })).toBe("854×480 · 1.1 Mbit/s")
  })
})

import { describe, expect, it } from "vitest"
import { about, standing } from "./standing"
import type { Source } from "./types"

const source: Source = { source: "backup", connected: true, flowing: true, ready: true }

describe("how a source stands", () => {
  it("is said in one word", () => {
    expect(standing(source, { on_air: "backup" })).toBe("on_air")
    expect(standing(source, { on_air: "primary" })).toBe("ready")
    expect(standing({ ...source, ready: false }, { on_air: "primary" })).toBe("starting")
    expect(standing({ ...source, flowing: false }, { on_air: "backup" })).toBe("stalled")
    expect(standing({ ...source, connected: false, flowing: false }, { on_air: null })).toBe("away")
  })

  it("is described as far as it is known", () => {
    expect(about({ ...source, width: 1280, height: 720, video_codec: "avc1.64001f", audio_codec: "mp4a.40.2" })).toBe("1280×720 · H.264 · AAC")
    expect(about(source)).toBe("")
  })
})

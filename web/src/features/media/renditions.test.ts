import { describe, expect, it } from "vitest"
import { nameOf, reported, Rereading } from "./renditions"

describe("the renditions of a stream", () => {
  it("are known by name, whoever's token stands behind it", () => {
    expect(nameOf("http://host/live/1/480p.m3u8?token=a/b")).toBe("480p.m3u8")
    expect(nameOf("480p.m3u8")).toBe("480p.m3u8")
    const url = "http://host/live/1/source.m3u8?token=a"
    expect(reported({ url })).toEqual(new Set(["source.m3u8"]))
    const renditionReports = [{ URI: "480p.m3u8?token=a" }, { URI: "240p.m3u8?token=a" }] as never
    expect(reported({ url, renditionReports })).toEqual(new Set(["source.m3u8", "480p.m3u8", "240p.m3u8"]))
  })

  it("are read again once they have settled, each page at a time of its own", () => {
    const rereading = new Rereading(() => 0.5)
    rereading.misses(true, 1000)
    rereading.misses(true, 2000)
    expect(rereading.due(9900, true)).toBe(false)
    expect(rereading.due(10_000, true)).toBe(true)
    expect(rereading.due(10_001, true)).toBe(false)
  })

  it("are read again sooner when nobody sees the picture move", () => {
    const rereading = new Rereading(() => 1)
    rereading.misses(true, 0)
    expect(rereading.due(3900, false)).toBe(false)
    expect(rereading.due(4000, false)).toBe(true)
  })

  it("that come and go are not followed at every turn", () => {
    const rereading = new Rereading(() => 0)
    rereading.misses(true, 0)
    rereading.misses(false, 3000)
    expect(rereading.due(10_000, true)).toBe(false)
    rereading.misses(true, 20_000)
    expect(rereading.due(24_000, true)).toBe(true)
    rereading.misses(true, 25_000)
    expect(rereading.due(80_000, true)).toBe(false)
    expect(rereading.due(84_000, true)).toBe(true)
  })
})

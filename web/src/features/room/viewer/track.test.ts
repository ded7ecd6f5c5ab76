import { describe, expect, it } from "vitest"
import { DanmakuTrack, MOST, WINDOW_MS, type TrackItem } from "./track"

function item(offset_ms: number, text = `at ${offset_ms}`): TrackItem {
  return { offset_ms, text, mode: 1, color: 0xff_ffff }
}

function show(items: TrackItem[], end_ms = 1e9) {
  const asked: [number, number][] = []
  const flown: string[] = []
  let cleared = 0
  const track = new DanmakuTrack({
    read: (from_ms, to_ms) => {
      asked.push([from_ms, to_ms])
      return Promise.resolve(items.filter((one) => one.offset_ms >= from_ms && one.offset_ms < to_ms).slice(0, MOST))
    },
    fly: (one) => flown.push(one.text),
    clear: () => { cleared += 1 },
    end_ms: () => end_ms,
  })
  return { track, asked, flown, cleared: () => cleared, texts: () => track.lines.map((line) => line.text) }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

describe("danmaku of a recording", () => {
  it("fly as the picture passes them, once", async () => {
    const { track, flown, texts } = show([item(1000), item(1200), item(5000)])
    track.look(900, 0)
    await settle()
    track.look(1150, 250)
    track.look(1400, 500)
    track.look(1400, 750)
    expect(flown).toEqual(["at 1000", "at 1200"])
    expect(texts()).toEqual(["at 1000", "at 1200"])
  })
  it("are read in windows, each once, one ahead", async () => {
    const { track, asked } = show([])
    track.look(0, 0)
    await settle()
    for (let nth = 1; nth < 8; nth += 1) track.look(nth * 250, nth * 250)
    await settle()
    expect(asked.sort((a, b) => a[0] - b[0])).toEqual([[-WINDOW_MS, 0], [0, WINDOW_MS], [WINDOW_MS, 2 * WINDOW_MS]])
  })
  it("a jump clears what flies and lists the talk before it", async () => {
    const { track, flown, cleared, texts } = show([item(100_000), item(130_000), item(159_000), item(161_000)])
    track.look(0, 0)
    await settle()
    track.look(160_000, 250)
    await settle()
    expect([cleared(), flown, texts()]).toEqual([2, [], ["at 130000", "at 159000"]])
    track.look(110_000, 500)
    expect([cleared(), texts()]).toEqual([3, ["at 100000"]])
  })
  it("a window fuller than one answer is read on", async () => {
    const many = Array.from({ length: MOST + 10 }, (_, nth) => item(nth))
    const { track, asked } = show(many)
    track.look(3000, 0)
    await settle()
    expect(asked).toContainEqual([MOST, WINDOW_MS])
    expect(track.lines.at(-1)?.offset_ms).toBe(MOST + 9)
  })
  it("a window that is still being said is read again", async () => {
    const items = [item(1000)]
    const { track, texts } = show(items, 3000)
    track.look(1500, 0)
    await settle()
    items.push(item(1800))
    track.look(2000, 6000)
    await settle()
    track.look(2100, 6250)
    expect(texts()).toEqual(["at 1000", "at 1800"])
  })
})

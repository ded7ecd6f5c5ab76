import { describe, expect, it } from "vitest"
import { PlayedCounter, type Look } from "./played"

const playing: Look = { now: 0, position: 0, paused: false, seeking: false, rate: 1 }

function counted(...looks: Partial<Look>[]): number {
  const counter = new PlayedCounter()
  for (const look of looks) counter.look({ ...playing, ...look })
  return counter.take()
}

describe("played time", () => {
  it("adds the advance of the position", () => {
    expect(counted({ now: 0, position: 5 }, { now: 1000, position: 6 }, { now: 2000, position: 7 })).toBe(2000)
  })
  it("counts nothing while stalled", () => {
    expect(counted({ now: 0, position: 5 }, { now: 4000, position: 5 }, { now: 5000, position: 6 })).toBe(1000)
  })
  it("does not count a jump to the live edge", () => {
    expect(counted({ now: 0, position: 5 }, { now: 1000, position: 35 }, { now: 2000, position: 36 })).toBe(1000)
  })
  it("does not count seeking or going back", () => {
    expect(counted({ now: 0, position: 5 }, { now: 1000, position: 6, seeking: true }, { now: 2000, position: 7 })).toBe(0)
    expect(counted({ now: 0, position: 5 }, { now: 1000, position: 2 })).toBe(0)
  })
  it("counts fast playing by what was played", () => {
    expect(counted({ now: 0, position: 0, rate: 2 }, { now: 1000, position: 2, rate: 2 })).toBe(2000)
  })
  it("takes once and gives back", () => {
    const counter = new PlayedCounter()
    counter.look(playing)
    counter.look({ ...playing, now: 1000, position: 1 })
    const ms = counter.take()
    expect(counter.take()).toBe(0)
    counter.giveBack(ms)
    expect(counter.take()).toBe(1000)
  })
})

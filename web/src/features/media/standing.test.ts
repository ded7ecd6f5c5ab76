import { describe, expect, it } from "vitest"
import { Standing, type Look } from "./standing"

/** A video element that is looked at four times a second. */
class Video {
  now = 0
  private readonly standing = new Standing()
  state = { position: 0, ready: true, seeking: false, idle: false, hidden: false }
  /** Every stall: when it began and ended. */
  readonly stalls: [number, number | null][] = []

  look(says?: "waiting" | "playing"): void {
    const look: Look = { now: this.now, ...this.state }
    const since = this.standing.look(look, says)
    const last = this.stalls.at(-1)
    if (since !== null && last?.[1] !== null) this.stalls.push([since, null])
    if (since === null && last?.[1] === null) last[1] = this.now
  }

  plays(ms: number): this {
    for (const until = this.now + ms; this.now < until;) {
      this.now += 250
      this.state = { ...this.state, ready: true, position: this.state.position + 0.25 }
      this.look()
    }
    return this
  }

  stands(ms: number): this {
    for (const until = this.now + ms; this.now < until;) {
      this.now += 250
      this.look()
    }
    return this
  }

  is(state: Partial<Video["state"]>, says?: "waiting" | "playing"): this {
    this.state = { ...this.state, ...state }
    this.look(says)
    return this
  }
}

const playing = () => new Video().plays(10_000)

describe("a standing picture", () => {
  it("waits from when the browser says so until it moves", () => {
    expect(playing().is({ ready: false }, "waiting").stands(1000).plays(1000).stalls).toEqual([[10_000, 11_250]])
    expect(playing().is({ ready: false }, "waiting").stands(1000).is({ ready: true }, "playing").stalls).toEqual([[10_000, 11_000]])
  })
  it("is noticed when the browser says nothing, and counts from when it moved last", () => {
    expect(playing().stands(1000).plays(1000).stalls).toEqual([[10_000, 11_250]])
    expect(playing().stands(500).plays(1000).stalls).toEqual([])
  })
  it("need not move on a hidden page, unless the browser says that it waits", () => {
    expect(playing().is({ hidden: true }).stands(3000).is({ hidden: false }).plays(1000).stalls).toEqual([])
    expect(playing().is({ hidden: true, ready: false }, "waiting").stands(1000).plays(250).stalls).toEqual([[10_000, 11_250]])
  })
  it("a pause of a minute and going on at the edge are no stall", () => {
    const paused = playing().is({ idle: true }).stands(60_000)
    const resumed = paused.is({ idle: false, position: 70, seeking: true, ready: false }, "waiting").stands(700)
    expect(resumed.is({ seeking: false }).stands(300).is({ ready: true }, "playing").plays(5000).stalls).toEqual([])
  })
  it("a seek is none, and what runs dry later is one", () => {
    const sought = playing().is({ position: 30, seeking: true, ready: false }, "waiting").stands(1000).is({ seeking: false }).plays(2000)
    expect(sought.is({ ready: false }, "waiting").stands(500).plays(250).stalls).toEqual([[13_000, 13_750]])
  })
  it("a seek out of a stall is part of it", () => {
    const stall = playing().is({ ready: false }, "waiting").stands(500).is({ position: 30, seeking: true }).stands(500)
    expect(stall.is({ seeking: false }).plays(250).stalls).toEqual([[10_000, 11_250]])
  })
  it("who goes on and gets nothing waits all the same", () => {
    const stuck = playing().is({ idle: true }).stands(60_000).is({ idle: false, ready: false }, "waiting").stands(8000)
    expect(stuck.stalls).toEqual([[75_000, null]])
  })
  it("an outage of the source is its own time", () => {
    const back = playing().is({ ready: false }, "waiting").stands(300).is({ idle: true }).stands(20_000).is({ idle: false }).stands(1500)
    expect(back.plays(1000).stalls).toEqual([[10_000, 10_500]])
  })
  it("a browser that slept has not seen it stand", () => {
    const slept = playing()
    slept.now += 600_000
    expect(slept.stands(500).plays(1000).stalls).toEqual([])
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { RoomClient, type Flight, type Wire } from "./client"

class FakeWire implements Wire {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: ((close: { code: number }) => void) | null = null
  sent: Record<string, unknown>[] = []
  closed = false
  constructor(readonly address: string) {}
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }
  close() {
    this.closed = true
  }
  get(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  of(type: string) {
    return this.sent.filter((frame) => frame.type === type)
  }
}

const HELLO = {
  type: "hello", room: "r", title: "show", live: true, broadcast: "b", now: 0, online: 2, likes: 5, seq: 10, resumed: false, events: [],
  danmaku: [{ pos: 3, at: 0, text: "old" }], limits: { danmaku_chars: 200, heartbeat_ms: 10_000 },
}

function room(random = 0.5) {
  const luck = { value: random }
  const wires: FakeWire[] = []
  const fresh: boolean[] = []
  const played = { ms: 0 }
  const client = new RoomClient({
    address: (renew) => {
      fresh.push(renew)
      return Promise.resolve("ws://x/ws/rooms/r?token=t")
    },
    open: (address) => {
      const wire = new FakeWire(address)
      wires.push(wire)
      return wire
    },
    random: () => luck.value,
    takePlayed: () => {
      const ms = played.ms
      played.ms = 0
      return ms
    },
    giveBackPlayed: (ms) => {
      played.ms += ms
    },
    shown: () => ({ position_ms: 1_760_000_000_000, rate: 1 }),
    visible: () => true,
  })
  const flights: Flight[] = []
  client.onFlight((flight) => flights.push(flight))
  const wire = () => {
    const last = wires.at(-1)
    if (!last) throw new Error("no socket was opened")
    return last
  }
  return { client, wires, wire, fresh, played, flights, luck }
}

async function joined(random = 0.5) {
  const all = room(random)
  all.client.start()
  await vi.advanceTimersByTimeAsync(0)
  all.wire().onopen?.()
  all.wire().get(HELLO)
  return all
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe("the room socket", () => {
  it("takes the snapshot, lists history and does not fly it", async () => {
    const { client, flights } = await joined()
    expect(client.state).toMatchObject({ phase: "open", live: true, online: 2, likes: 5, title: "show" })
    expect(client.lines.map((line) => line.text)).toEqual(["old"])
    expect(flights).toEqual([])
  })

  it("applies events in order and asks to resume over a gap", async () => {
    const { client, wire } = await joined()
    wire().get({ type: "tick", seq: 12, prev: 10, events: [{ pos: 12, at: 0, type: "StreamLost", data: {} }] })
    expect(client.state.interrupted).toBe(true)
    wire().get({ type: "tick", seq: 20, prev: 15, events: [{ pos: 20, at: 0, type: "BroadcastEnded", data: {} }] })
    expect(client.state.live).toBe(true)
    expect(wire().of("resume")).toEqual([{ type: "resume", seq: 12 }])
    wire().get({ ...HELLO, seq: 20, live: false, resumed: true, danmaku: [], events: [
      { pos: 15, at: 0, type: "StreamPublished", data: { resumed: true } }, { pos: 20, at: 0, type: "BroadcastEnded", data: {} },
    ] })
    expect(client.state).toMatchObject({ live: false, interrupted: false })
  })

  it("ignores events it knows already", async () => {
    const { wire } = await joined()
    wire().get({ type: "tick", seq: 9, prev: 8, events: [{ pos: 9, at: 0, type: "BroadcastEnded" }] })
    expect(wire().of("resume")).toEqual([])
  })

  it("imported events say nothing about the live stream", async () => {
    const { client, wire } = await joined()
    wire().get({ type: "tick", seq: 11, prev: 10, events: [{ pos: 11, at: 0, type: "BroadcastEnded", imported: true }] })
    expect(client.state.live).toBe(true)
  })

  it("comes back with the last seq and resends what was not answered, under the same id", async () => {
    const { client, wire, wires } = await joined()
    client.say("hi")
    const id = wire().of("danmaku")[0]?.id
    wire().onclose?.({ code: 1006 })
    expect(client.state.phase).toBe("reconnecting")
    await vi.advanceTimersByTimeAsync(1000)
    expect(wires).toHaveLength(2)
    expect(wire().address).toContain("&seq=10")
    wire().onopen?.()
    wire().get({ ...HELLO, resumed: true, danmaku: [{ pos: 3, at: 0, text: "old" }] })
    expect(wire().of("danmaku")).toEqual([{ type: "danmaku", id, text: "hi" }])
    wire().get({ type: "ack", id, pos: 30 })
    expect(client.lines.map((line) => [line.text, line.delivery])).toEqual([["old", "sent"], ["hi", "sent"]])
  })

  it("shows an own danmaku once, whichever of ack and tick comes first", async () => {
    for (const ackFirst of [true, false]) {
      const { client, wire, flights } = await joined()
      client.say("mine")
      const id = wire().of("danmaku")[0]?.id
      const ack = { type: "ack", id, pos: 40 }
      const tick = { type: "tick", danmaku: [{ pos: 40, at: 0, text: "mine" }] }
      for (const frame of ackFirst ? [ack, tick] : [tick, ack]) wire().get(frame)
      expect(client.lines.filter((line) => line.text === "mine")).toHaveLength(1)
      expect(flights).toEqual([expect.objectContaining({ text: "mine", own: true })])
    }
  })

  it("tells why a danmaku was refused and tries busy ones again by itself", async () => {
    const { client, wire } = await joined()
    client.say("a")
    client.say("b")
    const [a, b] = wire().of("danmaku").map((frame) => frame.id)
    wire().get({ type: "refused", id: a, code: "too_fast", retry_ms: 400 })
    wire().get({ type: "refused", id: b, code: "busy", retry_ms: 400 })
    expect(client.lines.find((line) => line.key === a)).toMatchObject({ delivery: "refused", refusal: "too_fast" })
    await vi.advanceTimersByTimeAsync(400)
    expect(wire().of("danmaku").map((frame) => frame.id)).toEqual([a, b, b])
  })

  it("asks for a new token when the socket never opened or the token ran out", async () => {
    const { wire, fresh } = await joined()
    wire().onclose?.({ code: 4401 })
    await vi.advanceTimersByTimeAsync(1000)
    wire().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(2000)
    expect(fresh).toEqual([false, true, true])
  })

  it("waits longer each time, up to 30 s", async () => {
    const { wires, wire, client } = room()
    client.start()
    await vi.advanceTimersByTimeAsync(0)
    for (const pause of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const before = wires.length
      wire().onclose?.({ code: 1006 })
      await vi.advanceTimersByTimeAsync(pause - 1)
      expect(wires.length).toBe(before)
      await vi.advanceTimersByTimeAsync(1)
      expect(wires.length).toBe(before + 1)
    }
  })

  it("reports what was played, also what could not be reported while away", async () => {
    const { wire, played } = await joined()
    played.ms = 4800
    await vi.advanceTimersByTimeAsync(5000)
    expect(wire().of("heartbeat")).toEqual([{ type: "heartbeat", played_ms: 4800, visible: true, position_ms: 1_760_000_000_000, rate: 1 }])
    wire().onclose?.({ code: 1001 })
    played.ms = 500
    await vi.advanceTimersByTimeAsync(1000)
    wire().onopen?.()
    wire().get(HELLO)
    await vi.advanceTimersByTimeAsync(5000)
    expect(wire().of("heartbeat")).toEqual([{ type: "heartbeat", played_ms: 500, visible: true, position_ms: 1_760_000_000_000, rate: 1 }])
  })

  it("begins its heartbeats at a moment of its own, also after a reconnect, then keeps the distance", async () => {
    const { wire, luck } = await joined(0.31)
    const said = async (after_ms: number) => {
      await vi.advanceTimersByTimeAsync(after_ms)
      return wire().of("heartbeat").length
    }
    expect([await said(3099), await said(1), await said(9999), await said(1), await said(10_000)]).toEqual([0, 1, 1, 2, 3])
    luck.value = 0.87
    wire().onclose?.({ code: 1001 })
    await vi.advanceTimersByTimeAsync(2000)
    wire().onopen?.()
    wire().get(HELLO)
    expect([await said(8699), await said(1), await said(10_000)]).toEqual([0, 1, 2])
    // One that is lost before its first heartbeat says none later.
    const lost = wire()
    lost.get(HELLO)
    lost.onclose?.({ code: 1001 })
    const before = lost.of("heartbeat").length
    await vi.advanceTimersByTimeAsync(30_000)
    expect(lost.of("heartbeat").length).toBe(before)
  })

  it("merges likes into one message a second", async () => {
    const { client, wire } = await joined()
    for (let taps = 0; taps < 3; taps += 1) client.like()
    expect(client.state.likes).toBe(8)
    await vi.advanceTimersByTimeAsync(1000)
    expect(wire().of("like")).toEqual([{ type: "like", n: 3 }])
  })

  it("leaves with a last heartbeat", async () => {
    const { client, wire } = await joined()
    const last = wire()
    client.stop()
    expect(last.sent.map((frame) => frame.type)).toEqual(["heartbeat", "leave"])
    expect(last.closed).toBe(true)
  })

  it("survives frames it does not know", async () => {
    const { client, wire } = await joined()
    wire().onmessage?.({ data: "not json" })
    wire().get({ type: "novelty" })
    wire().onmessage?.({ data: new ArrayBuffer(2) })
    expect(client.state.phase).toBe("open")
  })
})

describe("what is looked at", () => {
  const removal = (position: number, prev: number) => ({ type: "tick", seq: prev + 1, prev, events: [{ pos: prev + 1, at: 0, type: "DanmakuRemoved", data: { position } }] })

  it("a held line is the writer's own until a person lets it through, and then it is one line", async () => {
    const { client, wire, flights } = await joined()
    client.say("hi")
    const id = wire().of("danmaku")[0]?.id
    wire().get({ type: "ack", id, pos: 11, held: true })
    expect(client.lines.at(-1)).toMatchObject({ delivery: "held", pos: null })
    expect(flights).toEqual([])
    wire().get({ type: "reviewed", id, outcome: "pass" })
    expect(client.lines.at(-1)).toMatchObject({ delivery: "sent" })
    wire().get({ type: "tick", danmaku: [{ pos: 14, at: 0, text: "hi" }] })
    expect(client.lines.map((line) => [line.text, line.pos])).toEqual([["old", 3], ["hi", 14]])
    expect(flights).toMatchObject([{ pos: 14, own: true }])
  })

  it("the shown one may come first", async () => {
    const { client, wire } = await joined()
    client.say("hi")
    const id = wire().of("danmaku")[0]?.id
    wire().get({ type: "ack", id, pos: 11, held: true })
    wire().get({ type: "tick", danmaku: [{ pos: 14, at: Date.now() + client.state.skew_ms, text: "hi" }] })
    wire().get({ type: "reviewed", id, outcome: "pass" })
    expect(client.lines.map((line) => [line.text, line.pos, line.own])).toEqual([["old", 3, false], ["hi", 14, true]])
  })

  it("says which rule was broken", async () => {
    const { client, wire } = await joined()
    client.say("one")
    client.say("two")
    const [one, two] = wire().of("danmaku").map((frame) => frame.id)
    wire().get({ type: "ack", id: one, pos: 11, held: true })
    wire().get({ type: "reviewed", id: one, outcome: "reject", clause: "contact" })
    wire().get({ type: "refused", id: two, code: "muted", clause: "abuse", until: 5000 })
    expect(client.lines.slice(1)).toMatchObject([{ delivery: "refused", refusal: "rejected", clause: "contact" }, { refusal: "muted", clause: "abuse", until: 5000 }])
    expect(client.state.sanction).toEqual({ kind: "mute", clause: "abuse", until: 5000 })
  })

  it("takes what was removed off the list, also when it comes before it", async () => {
    const { client, wire, flights } = await joined()
    const gone: number[] = []
    client.onRemoval((pos) => gone.push(pos))
    wire().get(removal(3, 10))
    expect(client.lines).toEqual([])
    wire().get({ ...removal(12, 11), danmaku: [{ pos: 12, at: 0, text: "never" }] })
    expect(client.lines).toEqual([])
    expect(flights).toEqual([])
    expect(gone).toEqual([3, 12])
  })

  it("follows the room's mode", async () => {
    const { client, wire } = await joined()
    expect(client.state.chat).toBe("after_review")
    wire().get({ type: "tick", seq: 11, prev: 10, events: [{ pos: 11, at: 0, type: "ChatModeChanged", data: { mode: "off" } }] })
    expect(client.state.chat).toBe("off")
    wire().get({ ...HELLO, mode: "before_review" })
    expect(client.state.chat).toBe("before_review")
  })

  it("comes back after a kick, with a new token, and not after a ban", async () => {
    const { client, wire, wires, fresh } = await joined()
    wire().get({ type: "sanctioned", sanction: "s", kind: "kick", clause: "abuse" })
    wire().onclose?.({ code: 4403 })
    await vi.advanceTimersByTimeAsync(2000)
    expect(fresh).toEqual([false, true])
    wire().onopen?.()
    wire().get(HELLO)
    wire().get({ type: "sanctioned", sanction: "s", kind: "ban", clause: "abuse" })
    wire().onclose?.({ code: 4403 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(wires).toHaveLength(2)
    expect(client.state).toMatchObject({ phase: "closed", sanction: { kind: "ban", clause: "abuse", until: null } })
  })
})

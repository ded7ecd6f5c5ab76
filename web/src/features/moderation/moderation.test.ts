import { describe, expect, it } from "vitest"
import { parts } from "../danmaku/danmaku"
import { EMPTY, UNDO_MS, keyed, keyOf, step, type Action, type Desk } from "./desk"
import { marksOf, momentOf, ruleOf } from "./moderation"

const CLAUSES = ["abuse", "sexual", "gambling"].map((code) => ({ code }))
const run = (actions: Action[], desk: Desk = EMPTY) => actions.reduce(step, desk)
const press = (keys: string, desk: Desk, now = 0) => Array.from(keys).reduce((desk, key) => {
  const action = keyed(key, CLAUSES, now)
  return action ? step(desk, action) : desk
}, desk)
const three = run([{ do: "brought", positions: [1, 2, 3] }])

describe("the desk", () => {
  it("puts the next card up when one is decided, and sends after a while", () => {
    const desk = press("p", three, 100)
    expect(desk).toMatchObject({ order: [2, 3], current: 2, outbox: [{ positions: [1], outcome: "pass", due: 100 + UNDO_MS }] })
    expect(press("2", desk).outbox[1]).toMatchObject({ positions: [2], outcome: "reject", clause: "sexual" })
    expect(press("9", desk)).toBe(desk)
  })

  it("takes back what was not sent, the last first", () => {
    const desk = press("p1u", three)
    expect(desk).toMatchObject({ order: [2, 3], current: 2, outbox: [{ positions: [1] }] })
    const sent = run([{ do: "sent", id: 0 }], desk)
    expect(press("z", sent)).toBe(sent)
  })

  it("does not lay down again what is decided, and does when it failed", () => {
    const desk = press("p", three)
    expect(run([{ do: "brought", positions: [1, 2, 3, 4] }], desk).order).toEqual([2, 3, 4])
    expect(run([{ do: "sent", id: 0 }, { do: "brought", positions: [1, 2] }], desk).order).toEqual([2])
    expect(run([{ do: "failed", id: 0 }, { do: "brought", positions: [1, 2] }], desk).order).toEqual([2, 1])
  })

  it("keeps cards where they lie", () => {
    const desk = run([{ do: "move", by: 1 }, { do: "brought", positions: [9, 3, 2] }], three)
    expect(desk).toMatchObject({ order: [2, 3, 9], current: 2 })
    expect(run([{ do: "brought", positions: [3] }], desk).current).toBe(3)
    expect(run([{ do: "brought", positions: [] }], desk).current).toBe(null)
  })

  it("walks and picks by keys", () => {
    expect(press("kjjj", three).current).toBe(3)
    expect(press("xjx1", three)).toMatchObject({ order: [3], current: 3, picked: [], outbox: [{ positions: [1, 2], clause: "abuse" }] })
    expect(press("xx", three).picked).toEqual([])
  })

  it("decides nothing behind the help", () => {
    expect(press("?p", three).outbox).toEqual([])
    expect(press("?", press("?", three)).help).toBe(false)
  })

  it("shows the moment of one card after the other until it is told otherwise", () => {
    const filmed = press("vp", three)
    expect(filmed).toMatchObject({ current: 2, film: true })
    expect(press("v", filmed).film).toBe(false)
  })

  it("leaves a note with the verdict it was written for, and with no other", () => {
    const noted = run([{ do: "note", text: " 三个房间 " }], press("n", three))
    expect(press("n", three).note).toBe("")
    expect(press("n", noted).note).toBe(" 三个房间 ")
    const decided = press("1p", noted)
    expect(decided).toMatchObject({ note: null, outbox: [{ positions: [1], note: "三个房间" }, { positions: [2], note: "" }] })
    expect(press("u", press("1", noted)).note).toBe("三个房间")
    expect(press("j", noted).note).toBe(null)
    expect(press("x", noted).note).toBe(" 三个房间 ")
  })

  it("gives rules the keys of the upper row", () => {
    expect([0, 8, 9, 10, 12, 13].map(keyOf)).toEqual(["1", "9", "0", "-", "[", null])
  })
})

describe("hits", () => {
  it("are marked once where they overlap, by characters", () => {
    const marks = marksOf([{ start: 3, end: 5 }, { start: 1, end: 3 }, { start: 4, end: 4 }])
    expect(marks).toEqual([[1, 5]])
    expect(parts("😀加微信号吗", marks)).toEqual([{ text: "😀", found: false }, { text: "加微信号", found: true }, { text: "吗", found: false }])
  })

  it("have words for their rule, also for one that is new", () => {
    expect([ruleOf("homophone"), ruleOf("constructor")]).toEqual(["homophone", "other"])
  })

  it("lead to the moment", () => {
    const item = { room: "r", broadcast: "b", at_ms: 50_000 }
    expect(momentOf(item, { live: true, broadcast_id: "b" })).toBe("/console/live?room=r&broadcast=b")
    expect(momentOf(item, { live: true, broadcast_id: "c" })).toBe("/r/r?replay=b&at=30000")
    expect(momentOf({ ...item, broadcast: null }, undefined)).toBe(null)
  })
})

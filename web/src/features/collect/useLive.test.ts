import { expect, test } from "vitest"
import type { Seen } from "./collect"
import { NOTHING, step, type Lines } from "./useLive"

const seen = (name: string): Seen => ({ received_at_ms: 0, edge: "segment", outcome: "taken", name, context: {}, item: "{}", cut: false })
const arrive = (lines: Lines, ...names: string[]) => names.reduce((all, name) => step(all, { kind: "seen", seen: seen(name) }), lines)
const names = (lines: Lines) => lines.shown.map((one) => one.name).join("")

test("what arrives while paused waits, in order, and nothing is shown twice", () => {
  let lines = step(arrive(NOTHING, "a", "b"), { kind: "pause" })
  lines = arrive(lines, "c", "d")
  expect([names(lines), lines.held.length]).toEqual(["ba", 2])
  lines = step(lines, { kind: "pause" })
  expect([names(lines), lines.held.length]).toEqual(["dcba", 0])
  expect(new Set(lines.shown.map((one) => one.n)).size).toBe(4)
})

test("those over the limit are counted until the screen is cleared", () => {
  const limited = (lines: Lines, count: number) => step(lines, { kind: "limited", count })
  const lines = limited(limited(arrive(NOTHING, "a"), 3), 4)
  expect([lines.limited, names(lines)]).toEqual([7, "a"])
  expect(step(lines, { kind: "clear" }).limited).toBe(0)
})

test("the newest two hundred are kept", () => {
  const lines = arrive(NOTHING, ...Array.from({ length: 250 }, (_, n) => String(n)))
  expect([lines.shown.length, lines.shown[0]?.name, lines.shown.at(-1)?.name]).toEqual([200, "249", "50"])
})

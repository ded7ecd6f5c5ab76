import { expect, test } from "vitest"
import { dayOf, evidenceOf, fact, isKind } from "./ledger"

test("a day begins at midnight in Beijing", () => {
  expect(dayOf(Date.parse("2026-11-28T15:59:59Z"))).toBe("2026-11-28")
  expect(dayOf(Date.parse("2026-11-28T16:00:00Z"))).toBe("2026-11-29")
})

test("only what was said has evidence", () => {
  expect(evidenceOf({ about: "danmaku:42" })).toBe("/api/moderation/items/42/evidence")
  expect(evidenceOf({ about: "list:0190" })).toBeNull()
  expect(evidenceOf({ about: "danmaku:x" })).toBeNull()
})

test("facts of a newer server are no trouble", () => {
  expect(isKind("verdict")).toBe(true)
  expect(isKind("something_new")).toBe(false)
  expect(fact({ facts: { tier: 1, by: "wang", clause: null } }, "tier")).toBe("1")
  expect(fact({ facts: { clause: null } }, "clause")).toBe("")
})

import { expect, test } from "vitest"
import { codesOf, refusalsOf } from "../../api/described"
import { isReason, PRESETS, REASONS, size } from "./relays"
import { REFUSALS } from "./refusal"

test("sizes are short", () => {
  expect([0, 999, 1_500, 123_456_789, 2_500_000_000].map(size)).toEqual(["0 B", "999 B", "1.5 KB", "123 MB", "2.5 GB"])
})

test("presets never hold more than an address", () => {
  for (const { url } of PRESETS) expect(url === "" || /^rtmps?:\/\/[a-z0-9.-]+\/[a-z0-9-]+$/.test(url)).toBe(true)
})

test("there are words for whatever the server says", () => {
  expect([...REASONS].sort()).toEqual(codesOf("RelayError"))
  expect(REFUSALS).toEqual(expect.arrayContaining(refusalsOf("/api/rooms/{id}/relays", "post", 400, 409)))
})

test("unknown reasons are told apart", () => {
  expect(isReason("refused")).toBe(true)
  expect(isReason("something_new")).toBe(false)
})

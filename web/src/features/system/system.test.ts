import { expect, test } from "vitest"
import { systemTexts } from "./texts"
import { amount, bytes, KINDS, limitOf } from "./words"

test("sizes are written short", () => {
  expect([0, 1023, 1024, 2 * 1024 ** 3, 150 * 1024 ** 2].map(bytes)).toEqual(["0 B", "1023 B", "1.0 KiB", "2.0 GiB", "150 MiB"])
})

test("a number has its unit, and what cannot be told is a dash", () => {
  expect(amount(49, "hours", "zh-CN")).toBe("49 小时")
  expect(amount(1500, "ms", "en")).toBe("1,500 ms")
  expect(amount(null, "rows", "en")).toBe("—")
})

test("a limit says from which side it is one", () => {
  const of = (bad: "below" | "above" | "from", unit: "bytes" | "count" | "yes", limit: number) => limitOf({ kind: "x", bad, unit, limit, stands: false }, "en")
  expect([of("below", "bytes", 1024), of("above", "count", 7), of("from", "count", 1), of("from", "yes", 1)]).toEqual(["< 1.0 KiB", "> 7", "≥ 1", null])
})

test("every kind has a name and an advice in both languages", () => {
  for (const kind of KINDS) {
    for (const language of ["zh-CN", "en"] as const) {
      expect(systemTexts[language][`k_${kind}`], kind).toBeTruthy()
      expect(systemTexts[language][`do_${kind}`], kind).toBeTruthy()
    }
  }
})

import { expect, test } from "vitest"
import { bounded, fallen, tightened, usualOf } from "./models"

test("a share stands with its interval, in percent", () => {
  expect(bounded(0.8421, [0.81, 0.87])).toBe("84.2 (81.0–87.0)")
  expect(bounded(0, [])).toBe("0.0 (0.0–0.0)")
})

test("what went by itself says why; a person's own words stay as they are", () => {
  expect(fallen("macro_f1_fell: 0.842 to 0.806 over 500 verdicts")).toEqual({ from: "0.842", to: "0.806", n: "500" })
  expect(fallen("holds greetings")).toBeNull()
})

test("a room is never laxer than the organisation, whose own threshold of a category goes before the general one", () => {
  const usual = [{ category: "any", alarm_milli: 700, hold_milli: 900 }, { category: "privacy", alarm_milli: 500, hold_milli: 600 }]
  expect(usualOf(usual, "privacy").hold_milli).toBe(600)
  expect(usualOf(usual, "spam").hold_milli).toBe(900)
  expect(tightened({ category: "privacy", alarm_milli: 700, hold_milli: 550 }, usualOf(usual, "privacy"))).toEqual({ category: "privacy", alarm_milli: 500, hold_milli: 550 })
  expect(tightened({ category: "spam", alarm_milli: 690, hold_milli: 300 }, usualOf(usual, "spam"))).toEqual({ category: "spam", alarm_milli: 300, hold_milli: 300 })
})

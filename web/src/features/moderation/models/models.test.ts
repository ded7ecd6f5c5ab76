import { expect, test } from "vitest"
import { bounded, fallen } from "./models"

test("a share stands with its interval, in percent", () => {
  expect(bounded(0.8421, [0.81, 0.87])).toBe("84.2 (81.0–87.0)")
  expect(bounded(0, [])).toBe("0.0 (0.0–0.0)")
})

test("what went by itself says why; a person's own words stay as they are", () => {
  expect(fallen("macro_f1_fell: 0.842 to 0.806 over 500 verdicts")).toEqual({ from: "0.842", to: "0.806", n: "500" })
  expect(fallen("holds greetings")).toBeNull()
})

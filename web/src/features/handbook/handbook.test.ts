import { expect, it } from "vitest"
import { inLanguage, optionOf, picked, share } from "./handbook"

it("chooses by number keys what is there", () => {
  expect(["1", "4", "5", "0", "a", "Enter"].map((key) => optionOf(key, 4))).toEqual([0, 3, null, null, null, null])
})

it("replaces one answer and gathers several", () => {
  expect(picked("single", [1], 2)).toEqual([2])
  expect(picked("multiple", [2], 0)).toEqual([0, 2])
  expect(picked("multiple", [0, 2], 0)).toEqual([2])
})

it("reads in the language that is there", () => {
  expect([inLanguage("en", "甲", "A"), inLanguage("en", "甲", ""), inLanguage("zh-CN", "甲", "A")]).toEqual(["A", "甲", "甲"])
  expect([share(800), share(666), share(null)]).toEqual(["80%", "66.6%", "–"])
})

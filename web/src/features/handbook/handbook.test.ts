import { expect, it } from "vitest"
import { asKind, freeOf, isWhole, markRight, NEW_QUESTION, withoutOption, withQuota } from "./bank"
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

const option = (zh: string) => ({ zh, en: "" })
const three = { ...NEW_QUESTION, kind: "multiple" as const, text_zh: "甲？", options: [option("一"), option("二"), option("三")], right: [0, 2] }

it("keeps what is right when an option goes or the kind changes", () => {
  expect(withoutOption(three, 0).right).toEqual([1])
  expect(withoutOption(three, 1).right).toEqual([0, 1])
  expect(withoutOption({ ...three, kind: "single", right: [2] }, 2).right).toEqual([0])
  expect(asKind(three, "single").right).toEqual([0])
  expect(asKind({ ...three, right: [2] }, "true_false")).toMatchObject({ right: [0], options: [{ zh: "正确" }, { zh: "错误" }] })
  expect(markRight(three, 1).right).toEqual([0, 1, 2])
})

it("a question is whole when everything is said and something is right", () => {
  expect(isWhole(three)).toBe(true)
  expect(isWhole({ ...three, right: [] })).toBe(false)
  expect(isWhole(NEW_QUESTION)).toBe(false)
})

it("quotas leave the rest to chance, and are never more than the questions", () => {
  const quotas = withQuota(withQuota({ spam: 3 }, "abuse", 2), "spam", 0)
  expect(quotas).toEqual({ abuse: 2 })
  expect([freeOf({ questions: 10, quotas }), freeOf({ questions: 1, quotas })]).toEqual([8, -1])
})

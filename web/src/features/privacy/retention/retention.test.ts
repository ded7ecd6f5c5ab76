import { expect, test } from "vitest"
import { amounts, isShorter } from "./retention"

test("for ever is longer than anything", () => {
  expect([isShorter(90, null), isShorter(60, 90), isShorter(90, 90), isShorter(null, 90), isShorter(null, null)]).toEqual([true, true, false, false, false])
})

test("keys come before what they opened", () => {
  expect(amounts({ danmaku: 2, keys: 1 })).toEqual([["keys", 1], ["danmaku", 2]])
})

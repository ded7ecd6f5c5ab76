import { expect, test } from "vitest"
import { pieces } from "./marks"

const mark = (start: number, end: number, level: "alarm" | "hold" = "alarm") => ({ start, end, level, word: "x" })
const shown = (text: string, marks: ReturnType<typeof mark>[]) => pieces(text, marks).map((piece) => (piece.mark ? `[${piece.text}]` : piece.text))

test("a line is cut where its marks begin and end", () => {
  expect(shown("想要的加微信领券", [mark(3, 6)])).toEqual(["想要的", "[加微信]", "领券"])
  expect(shown("加微信", [mark(0, 3)])).toEqual(["[加微信]"])
  expect(shown("没有", [])).toEqual(["没有"])
  expect(shown("", [])).toEqual([])
})

test("places count characters, not halves of them", () => {
  expect(shown("𠮷加微信", [mark(1, 4)])).toEqual(["𠮷", "[加微信]"])
})

test("of two marks the graver one shows", () => {
  const found = pieces("abcd", [mark(0, 3), mark(1, 4, "hold")])
  expect(found.map((piece) => [piece.text, piece.mark?.level])).toEqual([["a", "alarm"], ["bcd", "hold"]])
})

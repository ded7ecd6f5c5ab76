import { expect, it } from "vitest"
import { blocks, inline, isWeb } from "./markdown"

it("knows headings, lists, tables and paragraphs", () => {
  const text = "# 一\n\n段落\n第二行\n\n- 甲\n- 乙\n\n1. 丙\n2. 丁\n\n| 情形 | 例子 |\n|---|---|\n| 甲 | **乙** |\n\n完"
  expect(blocks(text).map((block) => block.kind)).toEqual(["heading", "paragraph", "list", "list", "table", "paragraph"])
  const table = blocks(text)[4]
  expect(table?.kind === "table" && table.rows[0]?.[1]).toEqual([{ kind: "bold", text: "乙" }])
})

it("shows HTML as text and follows links to the web only", () => {
  expect(inline("<img src=x onerror=alert(1)>")).toEqual([{ kind: "text", text: "<img src=x onerror=alert(1)>" }])
  expect(inline("[a](javascript:alert)")).toEqual([{ kind: "text", text: "[a](javascript:alert)" }])
  expect(inline("看[法律](https://example.com/a)。")).toEqual([{ kind: "text", text: "看" }, { kind: "link", text: "法律", to: "https://example.com/a" }, { kind: "text", text: "。" }])
  expect(["http://a.b", "HTTPS://a.b", "javascript:a", "//a.b", "data:text/html,a", " https://a.b"].map(isWeb)).toEqual([true, true, false, false, false, false])
})

it("takes anything without a word", () => {
  for (const text of ["", "|", "||\n|-|", "**", "`", "[](", "- ", "1.", "#", "|a|\n|---|"]) expect(Array.isArray(blocks(text))).toBe(true)
})

import { expect, test } from "vitest"
import { refusalsOf } from "../../api/described"
import type { components } from "../../api/schema"
import { reasonIn } from "./importReasons"
import { FIELDS, isWorkbook, lacks, MONEY, REFUSALS, ROWS_OF, zone, type Field, type Mapping } from "./imports"

const of = (rows_of: Mapping["rows_of"], ...fields: Field[]): Mapping => ({
  rows_of, utc_offset_min: 480, money: "yuan", columns: fields.map((field, n) => ({ header: String(n), field })),
})

test("what a mapping lacks is told before the server is asked", () => {
  expect(lacks(of("danmaku", "time", "text"))).toBeNull()
  expect(lacks(of("danmaku", "text"))).toBe("time")
  expect(lacks(of("danmaku", "time"))).toBe("text")
  expect(lacks(of("gift", "time", "gift"))).toBe("price")
  expect(lacks(of("gift", "time", "gift", "total"))).toBeNull()
  expect(lacks(of("super_chat", "time"))).toBe("price")
  expect(lacks(of("enter", "time"))).toBe("user")
  expect(lacks(of("custom", "time", "property", "property"))).toBeNull()
  expect(lacks(of("custom", "time", "time"))).toBe("twice")
})

test("zones are written as people read them", () => {
  expect([480, -300, 330, 0].map(zone)).toEqual(["+08:00", "-05:00", "+05:30", "+00:00"])
})

test("why rows were skipped is said in Chinese, with the column as it is called", () => {
  expect(reasonIn("zh-CN", "column 2 `下单`时间` is no time")).toBe("第 2 列“下单`时间”不是时间")
  expect(reasonIn("zh-CN", "longer than 64 KB")).toBe("超过 64 KB")
  expect(reasonIn("zh-CN", "something new")).toBe("something new")
  expect(reasonIn("en", "a drawing")).toBe("a drawing")
})

test("a workbook is sent whole", () => {
  expect(["a.xlsx", "B.XLSX", "a.csv", "xlsx"].map(isWorkbook)).toEqual([true, true, false, false])
})

test("there are words for whatever the server says", () => {
  // These do not compile where the server knows another.
  const fields: Record<components["schemas"]["Field"], true> = Object.fromEntries(FIELDS.map((one) => [one, true])) as Record<(typeof FIELDS)[number], true>
  const rows: Record<components["schemas"]["RowsOf"], true> = Object.fromEntries(ROWS_OF.map((one) => [one, true])) as Record<(typeof ROWS_OF)[number], true>
  const money: Record<components["schemas"]["Money"], true> = Object.fromEntries(MONEY.map((one) => [one, true])) as Record<(typeof MONEY)[number], true>
  expect([fields, rows, money].map((all) => Object.keys(all).length)).toEqual([FIELDS.length, ROWS_OF.length, MONEY.length])
  const said = [...refusalsOf("/api/rooms/{id}/imports/file", "post", 409, 413, 422, 503), ...refusalsOf("/api/imports/preview", "post", 413, 422, 503)]
  expect(REFUSALS).toEqual(expect.arrayContaining(said))
})

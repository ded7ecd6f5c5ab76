import { describe, expect, it } from "vitest"
import { changesSince, endingOf, unitsOf, type Content } from "./clearance"

const content = (change: Partial<Content> = {}): Content => ({
  title: "晚场", planned_at_ms: 1, sections: [{ name: "开场", text: "大家好" }, { name: "开场", text: "再见" }],
  items: [{ name: "果干", category: "food", claims: "好吃", documents: [] }], ...change,
})

describe("what changed since it was cleared", () => {
  it("is nothing where nothing did", () => expect(changesSince(content(), content())).toEqual([]))
  it("names the part, and what stood there", () => {
    const changed = content({ title: "夜场", sections: [{ name: "开场", text: "大家好" }], items: [{ name: "果干", category: "food", claims: "很好吃", documents: [] }] })
    expect(changesSince(content(), changed)).toEqual([
      { place: "title", name: "", before: "晚场", after: "夜场" },
      { place: "section", name: "开场", before: "再见", after: null },
      { place: "item", name: "果干", before: "food\n好吃", after: "food\n很好吃" },
    ])
  })
})

describe("places", () => {
  it("are counted in characters by the server, and in UTF-16 by fields", () => {
    expect(unitsOf("😀好最佳", 2)).toBe(3)
    expect(unitsOf("最佳", 0)).toBe(0)
  })
})

describe("papers", () => {
  const noon = Date.parse("2026-11-28T04:00:00Z")
  it("are good to the end of their last day", () => {
    expect([undefined, "2026-11-27", "2026-11-28", "2026-12-28", "2026-12-29"].map((valid_to) => endingOf({ valid_to: valid_to ?? null }, noon))).toEqual(["good", "over", "soon", "soon", "good"])
  })
})

import { expect, it } from "vitest"
import { parts, placeOf, query, searchOf, type Hit } from "./danmaku"

it("a text is cut by characters, also those of two units", () => {
  expect(parts("😀主播好看", [[1, 3], [4, 5]])).toEqual([
    { text: "😀", found: false }, { text: "主播", found: true }, { text: "好", found: false }, { text: "看", found: true },
  ])
  expect(parts("嗯", [])).toEqual([{ text: "嗯", found: false }])
  expect(parts("", [])).toEqual([])
})

it("an address becomes a query, numbers and nonsense included", () => {
  expect(searchOf({ q: 777, room: "r", other: "x", mode: null })).toEqual({ q: "777", room: "r" })
  expect(query({ q: " 好看 ", from: "2024-05-01T00:00:00Z", to: "nonsense" }, "9")).toBe("limit=50&q=%E5%A5%BD%E7%9C%8B&from=1714521600000&after=9")
})

it("a hit leads to its moment in the replay, or to its show", () => {
  const hit = { at: 5, source: "viewer", room_id: "r", broadcast_id: "b", ended: true } as Hit
  expect(placeOf(hit)).toBe("/r/r?replay=b&at=5")
  expect(placeOf({ ...hit, source: "import", offset_ms: 9000 })).toBe("/console/danmaku?replay=b&at=9000")
  expect(placeOf({ ...hit, ended: false })).toBe("/console/live?room=r&broadcast=b")
  expect(placeOf({ ...hit, broadcast_id: null })).toBeNull()
})

import { expect, it } from "vitest"
import type { DanmakuItem } from "../../api/types"
import { marksOf } from "./marks"
import { grow } from "./grow"
import { verdict } from "./verdict"

it("marks the start once, and a stream's return only after it was lost", () => {
  const kinds = ["broadcast_started", "stream_published", "stream_lost", "stream_published", "broadcast_ended"] as const
  expect(marksOf(kinds.map((kind, at) => ({ at, kind }))).map(({ at, name }) => `${at} ${name}`)).toEqual(["0 started", "2 lost", "3 resumed", "4 ended"])
})

it("judges a move by the metric's direction", () => {
  expect(verdict(0.2, "higher_is_better")).toBe("good")
  expect(verdict(0.2, "lower_is_better")).toBe("bad")
  expect(verdict(0.2, "depends")).toBe("even")
  expect(verdict(0, "higher_is_better")).toBe("even")
})

it("keeps the newest danmaku, in order and once", () => {
  const item = (position: number) => ({ position }) as DanmakuItem
  const grown = grow([item(1), item(2)], [item(2), item(3), item(4)], 3)
  expect(grown.map((one) => one.position)).toEqual([2, 3, 4])
})

import { expect, test } from "vitest"
import type { Point } from "../../api/types"
import { atTime, bars, onlineSteps } from "./steps"

const series = (online: Point[]) => ({ from: 70_000, to: 190_000, step_s: 60, ids: { online } })

test("the curve begins with the show and ends with who is there now", () => {
  expect(onlineSteps(series([[60_000, 7.2], [120_000, 10], [180_000, 11]]), 12)).toEqual([[70_000, 7.2], [120_000, 10], [180_000, 11], [190_000, 12]])
})

test("without a newest value the last step holds", () => {
  expect(onlineSteps(series([[180_000, 11]]), null)).toEqual([[180_000, 11], [190_000, 11]])
  expect(onlineSteps(series([]), 3)).toEqual([])
})

test("bars stand in the middle of the part of their step that belongs to the show", () => {
  expect(bars([[60_000, 1], [120_000, 2], [180_000, 3]], series([]))).toEqual([[95_000, 1], [150_000, 2], [185_000, 3]])
})

test("a value holds from its time on", () => {
  const points: Point[] = [[60_000, 1], [120_000, null]]
  expect([59_999, 60_000, 119_999, 120_000].map((at) => atTime(points, at))).toEqual([null, 1, 1, null])
})

import { expect, it } from "vitest"
import { moved } from "./moves"

it("arrows lead to neighbours and stop at the edges", () => {
  expect(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].map((key) => moved(key, 4, 9, 3))).toEqual([5, 3, 7, 1])
  expect(["ArrowRight", "ArrowDown"].map((key) => moved(key, 8, 9, 3))).toEqual([8, 8])
  expect(["ArrowLeft", "ArrowUp"].map((key) => moved(key, 1, 9, 3))).toEqual([0, 1])
})

it("without a choice one begins at the first, and other keys lead nowhere", () => {
  expect(moved("ArrowDown", -1, 9, 3)).toBe(0)
  expect(moved("Enter", 4, 9, 3)).toBeNull()
  expect(moved("ArrowDown", -1, 0, 3)).toBeNull()
})

import { expect, it } from "vitest"
import { Lanes } from "./lanes"

function lanes(count: number) {
  const made = new Lanes(8000, 20)
  made.resize(count)
  return made
}

it("uses the next lane while the first one's tail is still entering", () => {
  const two = lanes(2)
  expect(two.place(0, 100, 1000)).toBe(0)
  expect(two.place(10, 100, 1000)).toBe(1)
  expect(two.place(20, 100, 1000)).toBeNull()
  expect(two.place(900, 100, 1000)).toBe(0)
})

it("keeps a long, faster text from running into a short one", () => {
  const one = lanes(1)
  expect(one.place(0, 50, 1000)).toBe(0)
  expect(one.place(1000, 1000, 1000)).toBeNull()
  expect(one.place(4100, 1000, 1000)).toBe(0)
})

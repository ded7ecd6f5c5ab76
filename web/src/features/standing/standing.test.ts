import { expect, test } from "vitest"
import { isRefusal, REFUSALS } from "./refusal"
import { isWorded, OBSTACLES, points } from "./standing"
import { standingTexts } from "./texts"

test("every refusal and obstacle has words in both languages", () => {
  for (const texts of [standingTexts["zh-CN"], standingTexts.en]) {
    expect(REFUSALS.filter((code) => !(`refused_${code}` in texts))).toEqual([])
    expect(OBSTACLES.filter((code) => !(`obstacle_${code}` in texts) || !(`todo_${code}` in texts))).toEqual([])
  }
})

test("codes of others are shown as they are", () => {
  expect([isWorded("no_host"), isWorded("weather"), isRefusal("bad_number"), isRefusal("x")]).toEqual([true, false, true, false])
})

test("points are in tenths", () => {
  expect([points(45_000), points(40)]).toEqual(["45.0", "0.0"])
})

import { expect, it } from "vitest"
import { features, groups } from "./features"

it("a feature stands in one group, and no two have the same path", () => {
  const paths = groups.flatMap((group) => group.features.map((one) => one.path))
  expect(new Set(paths).size).toBe(paths.length)
  expect(features.map((one) => one.path)).toEqual(paths)
})

it("rooms come first: who signs in comes there", () => {
  expect(features[0]?.path).toBe("/rooms")
})

it("no group and no feature is without a name in a language", () => {
  for (const { title } of [...groups, ...features]) expect([title["zh-CN"], title.en].every((name) => name !== "")).toBe(true)
})

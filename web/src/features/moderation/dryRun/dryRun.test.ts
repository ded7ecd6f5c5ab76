import { expect, it } from "vitest"
import { difference, percent, rowsOf, type Share } from "./dryRun"

const hits = (count: number): Share => ({ hits: count, share: count / 100, interval: [0, 1] })

it("tells what is hit before and after, the gravest first, and what only one side has", () => {
  const before = { hit: hits(3), levels: [{ level: "mask" as const, ...hits(3) }], categories: [{ category: "abuse", ...hits(3) }] }
  const after = { hit: hits(5), levels: [{ level: "block" as const, ...hits(4) }, { level: "mask" as const, ...hits(1) }], categories: [{ category: "contact", ...hits(4) }, { category: "abuse", ...hits(1) }] }
  expect(rowsOf({ before, after, looked_at: 100 }).map(({ kind, name, before, after }) => [kind, name, before.hits, after.hits])).toEqual([
    ["all", "", 3, 5], ["level", "block", 0, 4], ["level", "mask", 3, 1], ["category", "abuse", 3, 1], ["category", "contact", 0, 4],
  ])
  const none = rowsOf({ before, after, looked_at: 20_000 }).find((row) => row.name === "contact")
  expect(none && percent(none.before)).toBe("0.00% (0.00–0.02)")
})

it("says shares with their interval, and differences with their sign", () => {
  expect(percent({ hits: 84, share: 0.0042, interval: [0.0034, 0.0052] })).toBe("0.42% (0.34–0.52)")
  expect(percent({ hits: 1, share: 1, interval: [0.2065, 1] })).toBe("100.0% (20.6–100.0)")
  expect([difference(3, 5), difference(5, 3), difference(3, 3)]).toEqual(["+2", "−2", ""])
})

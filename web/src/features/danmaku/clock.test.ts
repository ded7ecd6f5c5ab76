import { expect, it } from "vitest"
import { ReplayClock } from "./clock"

it("goes on at its speed from where it was, and stands when told", () => {
  const clock = new ReplayClock(100_000)
  expect(clock.at(5)).toBe(0)
  clock.play(1000)
  expect(clock.at(3000)).toBe(2000)
  clock.setRate(16, 3000)
  expect(clock.at(4000)).toBe(18_000)
  clock.pause(4000)
  clock.setRate(0.5, 5000)
  expect(clock.at(9000)).toBe(18_000)
  clock.play(9000)
  expect(clock.at(11_000)).toBe(19_000)
})

it("jumps while it goes, never out of the show, and begins anew at its end", () => {
  const clock = new ReplayClock(10_000)
  clock.play(0)
  clock.seek(9000, 500)
  expect(clock.at(1000)).toBe(9500)
  expect(clock.moves(1000)).toBe(true)
  expect([clock.at(60_000), clock.moves(60_000)]).toEqual([10_000, false])
  clock.play(60_000)
  expect(clock.at(61_000)).toBe(1000)
  clock.seek(4000, 90_000)
  expect([clock.at(95_000), clock.moves(95_000)]).toEqual([4000, false])
  clock.seek(-5, 95_000)
  expect(clock.at(99_000)).toBe(0)
})

// What the figures of the specs should be. On any machine they are printed; where a machine is meant to reach them they are
// asserted: KAIBO_STRICT=1, or KAIBO_LONG=1 which also makes the long specs long.
import { expect, test } from "@playwright/test"

export const long = Boolean(process.env.KAIBO_LONG)
export const strict = long || Boolean(process.env.KAIBO_STRICT)

const GOALS = {
  first_frame_ms: 3000,
  /** From the encoder's clock to the painted frame, in the middle. */
  delay_ms: 2000,
  /** A frame's way to the screen, as a part of what it takes by nginx-rtmp. */
  of_nginx: 0.3,
  stalls_per_min: 1,
  /** The player begins anew only when nothing else helps. */
  rebuilds: 0,
  dropped_percent: 2,
  not_played_percent: 3,
  /** The picture stands, or the show misses, when the backup steps in. */
  switch_ms: 2000,
  /** From the end of the slate's wait to its first picture, the player's own delay included. */
  slate_ms: 2000,
  /** From the encoder's new start to its picture. */
  return_ms: 10_000,
  /** Sound against picture. */
  offset_ms: 40,
  /** From the end of a show, or of its reason to play, to the page saying so. */
  said_ms: 5000,
} as const

/** Prints a figure; holds it to its goal where that is asked. */
export function figure(goal: keyof typeof GOALS, value: number, of = ""): void {
  const told = `${goal}${of === "" ? "" : ` (${of})`}: ${Math.round(value * 100) / 100}, goal ${GOALS[goal]}`
  console.log(told)
  test.info().annotations.push({ type: "figure", description: told })
  if (strict) expect.soft(value, told).toBeLessThanOrEqual(GOALS[goal])
}

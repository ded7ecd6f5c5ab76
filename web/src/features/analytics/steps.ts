// A series' points as they are drawn: each stands for the whole step that begins with it, the last for what has passed of it.
import type { Point, Series } from "../../api/types"

type Frame = Pick<Series, "from" | "to" | "step_s">

/** The online curve from the show's start to its newest moment, where it shows how many there are `now`. */
export function onlineSteps(series: Frame & Pick<Series, "ids">, now: number | null): Point[] {
  const points = (series.ids.online ?? []).map(([at, value]): Point => [Math.max(at, series.from), value])
  const last = points.at(-1)
  if (last && last[0] < series.to) points.push([series.to, now ?? last[1]])
  return points
}

/** Bars stand in the middle of what they count. */
export function bars(points: Point[], { from, to, step_s }: Frame): Point[] {
  return points.map(([at, value]) => [(Math.max(at, from) + Math.max(from, Math.min(at + step_s * 1000, to))) / 2, value])
}

/** The value that holds at a time, null before the first. */
export function atTime(points: readonly Point[], at: number): number | null {
  return points.findLast(([begin]) => begin <= at)?.[1] ?? null
}

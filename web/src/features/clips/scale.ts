// The part of a show that the timeline shows, and where things stand on it. Pure; offsets in ms.

export interface Scale {
  from: number
  to: number
}

const SHORTEST_MS = 10_000

export function share(scale: Scale, at: number): number {
  return (at - scale.from) / Math.max(1, scale.to - scale.from)
}

export function atShare(scale: Scale, part: number): number {
  return scale.from + part * (scale.to - scale.from)
}

/** Shows `factor` times as much around a moment that stays where it is, never more than the whole. */
export function zoom(scale: Scale, whole: Scale, around: number, factor: number): Scale {
  const length = Math.min(whole.to - whole.from, Math.max(SHORTEST_MS, (scale.to - scale.from) * factor))
  const part = Math.min(1, Math.max(0, share(scale, around)))
  return within({ from: around - part * length, to: around + (1 - part) * length }, whole)
}

/** Moves a part into the whole without changing its length. */
export function within(scale: Scale, whole: Scale): Scale {
  const length = Math.min(scale.to - scale.from, whole.to - whole.from)
  const from = Math.min(Math.max(scale.from, whole.from), whole.to - length)
  return { from, to: from + length }
}

/** The part that shows a moment: the same one while the moment is in it, else the next page. */
export function follow(scale: Scale, whole: Scale, at: number): Scale {
  if (at >= scale.from && at <= scale.to) return scale
  const length = scale.to - scale.from
  return within({ from: at - length * 0.1, to: at + length * 0.9 }, whole)
}

const STEPS_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000]

/** Round moments to write on the axis, at most `most`. */
export function ticks(scale: Scale, most: number): number[] {
  const step = STEPS_MS.find((one) => (scale.to - scale.from) / one <= most) ?? 14_400_000
  const found = []
  for (let at = Math.ceil(scale.from / step) * step; at <= scale.to; at += step) found.push(at)
  return found
}

// Finding flashes and beeps in what was seen and heard. Pure.

export interface Level {
  /** Milliseconds on any one clock. */
  at: number
  level: number
}

/** Moments at which the level rises above half of its highest. */
export function onsets(levels: readonly Level[]): number[] {
  const half = Math.max(0, ...levels.map((one) => one.level)) / 2
  const found: number[] = []
  let high = (levels[0]?.level ?? 0) >= half
  for (const { at, level } of levels) {
    if (level >= half && !high) found.push(at)
    high = level >= half
  }
  return found
}

/** Milliseconds that beeps come after their flashes: the middle one of all pairs within half a second. */
export function offset(flashes: readonly number[], beeps: readonly number[]): number | null {
  const nearest = flashes.flatMap((flash) => {
    const distances = beeps.map((beep) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))
    const first = distances[0]
    return first !== undefined && Math.abs(first) < 500 ? [first] : []
  })
  return middle(nearest)
}

export function middle(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}

/** The number that a row of squares spells, lowest bit first; null when a square is neither black nor white. */
export function spelt(squares: readonly number[]): number | null {
  let number = 0
  for (const [bit, luma] of squares.entries()) {
    if (luma > 80 && luma < 175) return null
    if (luma >= 175) number += 2 ** bit
  }
  return number
}

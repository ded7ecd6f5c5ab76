// Where the arrows lead on a wall of so many tiles in so many columns.

const STEPS: Record<string, (columns: number) => number> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
}

/** The tile that a key leads to; null when it is no such key. At the edges one stays. */
export function moved(key: string, from: number, tiles: number, columns: number): number | null {
  const step = STEPS[key]?.(Math.max(columns, 1))
  if (step === undefined || tiles === 0) return null
  if (from < 0) return 0
  const to = from + step
  return to < 0 || to >= tiles ? from : to
}

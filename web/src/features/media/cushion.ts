// How far behind the playlist's own hold-back a player keeps: a stall buys distance, calm gives it back. Pure.

const STEP_S = 0.5
const MOST_S = 1.5
const CALM_MS = 30_000

export class Cushion {
  /** Seconds on top of the hold-back. */
  extra_s = 0
  private changed = 0

  /** The network or this device could not keep up. */
  stalled(now: number): void {
    this.extra_s = Math.min(MOST_S, this.extra_s + STEP_S)
    this.changed = now
  }

  /** True when the distance became smaller. */
  calm(now: number): boolean {
    if (this.extra_s === 0 || now - this.changed < CALM_MS) return false
    this.extra_s = Math.max(0, this.extra_s - STEP_S)
    this.changed = now
    return true
  }
}

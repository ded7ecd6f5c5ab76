// How far behind the playlist's own hold-back a player keeps: a stall buys distance, calm gives it back. Pure.

/** What a stall buys: as much as was missing, within these. */
const LEAST_STEP_S = 0.5
const MOST_STEP_S = 2
const MOST_S = 4
const EASE_S = 0.5
const CALM_MS = 30_000
const LONGEST_CALM_MS = 8 * 60_000

export class Cushion {
  /** Seconds on top of the hold-back. */
  extra_s = 0
  private changed = 0
  private easedAt = -Infinity
  /** How long it must be calm before distance is given back. */
  private calm_ms = CALM_MS

  /** The network or this device could not keep up, and the picture stood so long. */
  stalled(now: number, stood_ms: number): void {
    // What was given back was needed: it is not tried again so soon.
    if (now - this.easedAt < this.calm_ms) this.calm_ms = Math.min(LONGEST_CALM_MS, this.calm_ms * 2)
    const step_s = Math.min(MOST_STEP_S, Math.max(LEAST_STEP_S, stood_ms / 1000))
    this.extra_s = Math.min(MOST_S, this.extra_s + step_s)
    this.changed = now
  }

  /** True when the distance became smaller. */
  calm(now: number): boolean {
    if (this.extra_s === 0 || now - this.changed < this.calm_ms) return false
    this.extra_s = Math.max(0, this.extra_s - EASE_S)
    this.changed = this.easedAt = now
    return true
  }
}

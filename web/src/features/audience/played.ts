// Counts what was really played: the sum of currentTime's advance while the player runs, without seeks, jumps and stalls.

export interface Look {
  /** Monotonic clock, ms. */
  now: number
  /** The video's currentTime, seconds. */
  position: number
  paused: boolean
  seeking: boolean
  rate: number
}

// Timers slip, so a look may see a little more than the wall clock allows; anything beyond is a jump, not playing.
const SLACK_MS = 250

export class PlayedCounter {
  private last: Look | null = null
  private played_ms = 0

  look(look: Look): void {
    const last = this.last
    this.last = look
    if (!last || look.seeking || last.seeking || (last.paused && look.paused)) return
    const advance_ms = (look.position - last.position) * 1000
    const possible_ms = (look.now - last.now) * Math.max(look.rate, last.rate, 0) + SLACK_MS
    if (advance_ms <= 0 || advance_ms > possible_ms) return
    this.played_ms += advance_ms
  }

  /** The picture was rebuilt: positions before and after do not compare. */
  reset(): void {
    this.last = null
  }

  /** Whole ms since the last take; the rest is kept for the next one. */
  take(): number {
    const whole = Math.floor(this.played_ms)
    this.played_ms -= whole
    return whole
  }

  /** Returns what could not be delivered. */
  giveBack(ms: number): void {
    this.played_ms += ms
  }
}

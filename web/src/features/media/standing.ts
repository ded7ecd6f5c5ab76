// Whether a picture stands although it should move. Pure: what the video element says comes in as arguments.

export interface Look {
  /** Monotonic clock, ms. */
  now: number
  /** The video's currentTime, seconds. */
  position: number
  /** There is something to play at this position. */
  ready: boolean
  seeking: boolean
  /** It need not move: paused, ended, or its source is known to be away. */
  idle: boolean
  /** Nobody sees it: only what the browser says of waiting counts. */
  hidden: boolean
}

// A picture that does not move and says nothing about it.
const SILENT_MS = 600
/** Nobody looked for so long: browser or page were asleep, and have not seen the picture stand. */
export const ASLEEP_MS = 5000
// After a pause, a seek or an outage the picture may take its time; not for ever.
const PATIENCE_MS = 5000

export class Standing {
  private since: number | null = null
  private position = -1
  private movedAt = 0
  private lookedAt: number | null = null
  private excusedUntil = 0

  /** Since when it stands, null while it moves or need not. `says` is the element's own event. */
  look({ now, position, ready, seeking, idle, hidden }: Look, says?: "waiting" | "playing"): number | null {
    const moves = ready && !seeking && (position !== this.position || says === "playing")
    const slept = this.lookedAt === null || now - this.lookedAt > ASLEEP_MS
    this.position = position
    this.lookedAt = now
    if (idle || slept) return this.excuse(now)
    if (moves) {
      this.movedAt = now
      this.excusedUntil = 0
      this.since = null
      return null
    }
    // A seek out of a stall is one more part of it.
    if (this.since !== null) return this.since
    if (seeking && this.excusedUntil === 0) return this.excuse(now)
    if (now < this.excusedUntil) return null
    if (says === "waiting") this.since = now
    else if (hidden) this.movedAt = now
    else if (now - Math.max(this.movedAt, this.excusedUntil) > SILENT_MS) this.since = Math.max(this.movedAt, this.excusedUntil)
    return this.since
  }

  private excuse(now: number): null {
    this.since = null
    this.movedAt = now
    this.excusedUntil = now + PATIENCE_MS
    return null
  }
}

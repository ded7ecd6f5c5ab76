// Goes along a show by itself, where there is no picture to follow. Pure: `now` is a monotonic clock in ms.

export class ReplayClock {
  private from_ms = 0
  /** Since when it runs; null while it stands. */
  private since: number | null = null
  private speed = 1

  constructor(private readonly end_ms: number, begin_ms = 0) {
    this.seek(begin_ms, 0)
  }

  get rate(): number {
    return this.speed
  }

  at(now: number): number {
    const gone = this.since === null ? 0 : Math.max(0, now - this.since) * this.speed
    return Math.min(this.end_ms, this.from_ms + gone)
  }

  moves(now: number): boolean {
    return this.since !== null && this.at(now) < this.end_ms
  }

  /** From the beginning where it stands at the end. */
  play(now: number): void {
    const at = this.at(now)
    this.from_ms = at >= this.end_ms ? 0 : at
    this.since = now
  }

  pause(now: number): void {
    this.from_ms = this.at(now)
    this.since = null
  }

  /** What has come to the end stands wherever it is put. */
  seek(at_ms: number, now: number): void {
    this.since = this.moves(now) ? now : null
    this.from_ms = Math.min(this.end_ms, Math.max(0, at_ms))
  }

  setRate(rate: number, now: number): void {
    this.seek(this.at(now), now)
    this.speed = rate
  }
}

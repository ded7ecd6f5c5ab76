// What one play was like 播放质量: first frame, stalls, failures, frames. Pure; times come in as arguments (monotonic, ms).
import { ASLEEP_MS } from "./standing"

/** Body of a report; counters are differences since the last one. */
export interface QualityReport {
  play: string
  played_ms: number
  stalls: number
  stalled_ms: number
  first_frame_ms?: number
  failure?: string
  frames: number
  dropped: number
  latency_ms?: number
  height?: number
  bitrate_kbps?: number
  version: string
  tz?: string
}

/** What the picture is like at the moment of a report. */
export interface Shown {
  latency_ms: number | null
  height: number | null
  bitrate_kbps: number | null
}

/** Shorter ones are not seen. */
export const STALL_MS = 200
/** A play so old is told of although nothing came of it yet: it is one that fails. */
const OVERDUE_MS = 10_000

interface Stall {
  /** When counting began; moves on as its time is reported. */
  from: number
  /** Waited already, not reported. */
  waited_ms: number
  counted: boolean
}

export class QualityMeter {
  private play: string | null = null
  private wished = 0
  /** Somebody was told of this play. */
  private told = false
  private shownFirst = false
  private first_frame_ms: number | null = null
  private failure: { code: string; excusable: boolean } | null = null
  private stall: Stall | null = null
  private stalls = 0
  private stalled_ms = 0
  private played_ms = 0
  private frames = 0
  private dropped = 0
  /** What the element's counters said last; they begin anew with each source. */
  private seen = { total: 0, dropped: 0 }

  constructor(private readonly version: string, private readonly tz: string | undefined, private readonly uuid: () => string) {}

  /** The viewer wants the picture: a click, or the page does by itself. */
  wish(now: number): void {
    this.play = this.uuid()
    this.wished = now
    this.told = false
    this.shownFirst = false
    this.first_frame_ms = null
    this.failure = null
    this.stall = null
    this.stalls = this.stalled_ms = this.played_ms = this.frames = this.dropped = 0
  }

  get running(): boolean {
    return this.play !== null
  }

  get started(): boolean {
    return this.shownFirst
  }

  firstFrame(now: number): void {
    if (!this.play || this.shownFirst) return
    this.shownFirst = true
    this.first_frame_ms = Math.max(0, now - this.wished)
    this.failure = null
  }

  /** Since when the picture stands although it should move; null while it moves, or stands for a reason that is no stall. */
  stands(since: number | null, now: number): void {
    if (!this.play || !this.shownFirst) return
    if (since === null) {
      this.pass(now)
      this.stall = null
    } else {
      this.stall ??= { from: since, waited_ms: 0, counted: false }
      this.pass(now)
    }
  }

  /** `excusable`: worth telling only if nothing better comes of the play. */
  failed(code: string, excusable = false): void {
    if (this.play) this.failure = { code, excusable }
  }

  played(ms: number): void {
    if (this.play) this.played_ms += ms
  }

  counters(total: number, dropped: number): void {
    if (total < this.seen.total || dropped < this.seen.dropped) this.seen = { total: 0, dropped: 0 }
    if (this.play) {
      this.frames += total - this.seen.total
      this.dropped += dropped - this.seen.dropped
    }
    this.seen = { total, dropped }
  }

  /** Everything since the last report; null when there is nothing to tell. The `last` report of a play is the last chance. */
  take(now: number, shown: Shown, last = false): QualityReport | null {
    if (!this.play) return null
    this.pass(now)
    if (!this.worthTelling(now, last)) return null
    this.told = true
    const report: QualityReport = {
      play: this.play,
      played_ms: Math.floor(this.played_ms),
      stalls: this.stalls,
      stalled_ms: Math.round(this.stalled_ms),
      frames: this.frames,
      dropped: this.dropped,
      version: this.version,
      ...(this.first_frame_ms !== null && { first_frame_ms: Math.round(this.first_frame_ms) }),
      ...(this.failure !== null && { failure: this.failure.code }),
      ...(shown.latency_ms !== null && this.shownFirst && { latency_ms: Math.max(0, Math.round(shown.latency_ms)) }),
      ...(shown.height !== null && { height: shown.height }),
      ...(shown.bitrate_kbps !== null && { bitrate_kbps: Math.round(shown.bitrate_kbps) }),
      ...(this.tz !== undefined && { tz: this.tz }),
    }
    this.played_ms -= report.played_ms
    this.stalls = this.stalled_ms = this.frames = this.dropped = 0
    this.first_frame_ms = null
    this.failure = null
    return report
  }

  /** Nothing more comes of this play. */
  end(): void {
    this.play = null
    this.stall = null
  }

  // A play that nobody was told of would be missing among those that failed. Else a report of an idle page is only noise.
  private worthTelling(now: number, last: boolean): boolean {
    if (!this.told && (last || now - this.wished >= OVERDUE_MS)) return true
    const { played_ms, stalls, stalled_ms, frames, first_frame_ms } = this
    return played_ms >= 1 || stalls > 0 || stalled_ms > 0 || frames > 0 || first_frame_ms !== null || this.failure?.excusable === false
  }

  private pass(now: number): void {
    const { stall } = this
    if (!stall) return
    const passed = now - stall.from
    stall.from = Math.max(stall.from, now)
    // Who sleeps so long waits for nothing.
    if (passed > 0 && passed < ASLEEP_MS) stall.waited_ms += passed
    if (!stall.counted && stall.waited_ms <= STALL_MS) return
    if (!stall.counted) this.stalls += 1
    stall.counted = true
    this.stalled_ms += stall.waited_ms
    stall.waited_ms = 0
  }
}

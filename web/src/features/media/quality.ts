// What one play was like 播放质量: first frame, stalls, failures, frames. Pure; times come in as arguments (monotonic, ms).

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
  private shownFirst = false
  private first_frame_ms: number | null = null
  private failure: string | null = null
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

  /** The picture stands although it should move. */
  waits(now: number): void {
    if (!this.play || !this.shownFirst || this.stall) return
    this.stall = { from: now, waited_ms: 0, counted: false }
  }

  /** It moves again, or stands for a reason that is no stall: a seek, a pause, a source known to be away. */
  moves(now: number): void {
    this.pass(now)
    this.stall = null
  }

  failed(code: string): void {
    if (this.play) this.failure = code
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

  /** Everything since the last report; null without a play. */
  take(now: number, shown: Shown): QualityReport | null {
    if (!this.play) return null
    this.pass(now)
    const report: QualityReport = {
      play: this.play,
      played_ms: Math.floor(this.played_ms),
      stalls: this.stalls,
      stalled_ms: Math.round(this.stalled_ms),
      frames: this.frames,
      dropped: this.dropped,
      version: this.version,
      ...(this.first_frame_ms !== null && { first_frame_ms: Math.round(this.first_frame_ms) }),
      ...(this.failure !== null && { failure: this.failure }),
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

  private pass(now: number): void {
    const { stall } = this
    if (!stall) return
    stall.waited_ms += Math.max(0, now - stall.from)
    stall.from = now
    if (!stall.counted && stall.waited_ms <= STALL_MS) return
    if (!stall.counted) this.stalls += 1
    stall.counted = true
    this.stalled_ms += stall.waited_ms
    stall.waited_ms = 0
  }
}

/** Is there anything to tell? A report of an idle page would only be noise. */
export function worthTelling(report: QualityReport): boolean {
  const { played_ms, stalls, stalled_ms, frames, first_frame_ms, failure } = report
  return played_ms > 0 || stalls > 0 || stalled_ms > 0 || frames > 0 || first_frame_ms !== undefined || failure !== undefined
}

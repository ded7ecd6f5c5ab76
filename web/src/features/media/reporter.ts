// Watches a live play and reports its quality: every 10 s, at a failure, and when the page goes.
import { PlayedCounter } from "../audience/played"
import type { LivePlayer, PlayWatcher } from "./player"
import { QualityMeter, type QualityReport } from "./quality"
import type { ServerClock } from "./serverClock"

declare const __KAIBO_VERSION__: string

const EVERY_MS = 10_000
const LOOK_MS = 250
// Repeated failures of one trouble are one report.
const FAILURES_MS = 5000

export interface ReporterOptions {
  /** Sends a report; `leaving` when the page will not see the answer. */
  send: (report: QualityReport, leaving: boolean) => void
  clock: ServerClock
}

export class QualityReporter implements PlayWatcher {
  private readonly meter = new QualityMeter(__KAIBO_VERSION__, timeZone(), uuid)
  private readonly counter = new PlayedCounter()
  private readonly abort = new AbortController()
  private readonly timers: ReturnType<typeof setInterval>[]
  private player: LivePlayer | null = null
  private position = -1
  private failedAt = -FAILURES_MS
  private failureTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly video: HTMLVideoElement, private readonly options: ReporterOptions) {
    const { signal } = this.abort
    video.addEventListener("playing", () => this.look(), { signal })
    video.addEventListener("timeupdate", () => this.look(), { signal })
    window.addEventListener("pagehide", () => this.report(true, true), { signal })
    this.timers = [setInterval(() => this.look(), LOOK_MS), setInterval(() => this.report(), EVERY_MS)]
  }

  /** The player reports through this one; it exists only after it. */
  attach(player: LivePlayer): void {
    this.player = player
  }

  wished(): void {
    this.meter.wish(performance.now())
    this.counter.reset()
    if ("requestVideoFrameCallback" in this.video) this.video.requestVideoFrameCallback((now) => this.meter.firstFrame(now))
  }

  stands(since: number | null, now: number): void {
    this.meter.stands(since, now)
  }

  failed(code: string): void {
    // The first segments of a show are still being made. If none come, the play's own report says so.
    const excusable = !this.meter.started && / 404$/.test(code)
    this.meter.failed(code, excusable)
    if (excusable) return
    const pause = Math.max(0, this.failedAt + FAILURES_MS - performance.now())
    clearTimeout(this.failureTimer)
    this.failureTimer = setTimeout(() => {
      this.failedAt = performance.now()
      this.report()
    }, pause)
  }

  over(): void {
    this.report(true)
    this.meter.end()
  }

  /** Positions before and after do not compare. */
  rebuilt(): void {
    this.counter.reset()
  }

  destroy(): void {
    this.report(true, true)
    clearTimeout(this.failureTimer)
    for (const timer of this.timers) clearInterval(timer)
    this.abort.abort()
  }

  private look(): void {
    const { video, meter } = this
    if (!meter.running) return
    const now = performance.now()
    this.counter.look({ now, position: video.currentTime, paused: video.paused, seeking: video.seeking, rate: video.playbackRate })
    meter.played(this.counter.take())
    const quality = video.getVideoPlaybackQuality()
    meter.counters(quality.totalVideoFrames, quality.droppedVideoFrames)
    const moved = video.currentTime !== this.position
    this.position = video.currentTime
    // No frame will be painted on a hidden page, and none in a show without a picture.
    const unseen = document.hidden || video.videoWidth === 0 || !("requestVideoFrameCallback" in video)
    if (moved && unseen && video.currentTime > 0 && !video.paused && video.readyState > 2) meter.firstFrame(now)
  }

  private report(last = false, leaving = false): void {
    this.look()
    const shown = this.player?.shownAt() ?? null
    const server = this.options.clock.now()
    const moving = !this.video.paused && this.player?.state.phase === "playing"
    const report = this.meter.take(performance.now(), {
      latency_ms: moving && shown !== null && server !== null ? server - shown : null,
      height: this.video.videoHeight > 0 ? this.video.videoHeight : null,
      bitrate_kbps: this.player?.bitrate_kbps() ?? null,
    }, last)
    if (report) this.options.send(report, leaving)
  }
}

/** Delivers a report; a lost one is lost. */
export function sendReport(room: string, token: string, report: QualityReport, leaving: boolean): void {
  const address = `/api/rooms/${encodeURIComponent(room)}/playback?token=${encodeURIComponent(token)}`
  const body = JSON.stringify(report)
  if (leaving && navigator.sendBeacon(address, body)) return
  void fetch(address, { method: "POST", body, headers: { "content-type": "application/json" }, keepalive: leaving }).catch(() => undefined)
}

function timeZone(): string | undefined {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

// `crypto.randomUUID` exists in secure contexts only; a room on plain HTTP in a local network is none.
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte, nth) => (nth === 6 ? (byte & 0x0f) | 0x40 : nth === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, "0")).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

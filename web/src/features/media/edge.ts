// Keeps a live picture at its distance from the edge: a pace for small differences, more distance after a stall, a leap after an outage.
import type Hls from "hls.js"
import type { LevelDetails } from "hls.js"
import { Cushion } from "./cushion"
import { pace } from "./pace"

// The picture stood already: a leap to the edge right behind it costs nothing, and saves a minute of hurrying.
const LEAP_MS = 4000
const LEAP_S = 0.7
// So much behind a hole is worth jumping over it.
const WORTH_S = 0.15
const NUDGE_S = 0.000001
// There is so much more to load, and nobody loads it for so long.
const IDLE_S = 0.3
const IDLE_MS = 600
// hls.js tells of a fragment after its first picture: only then shows whether the picture stood between two sources.
const JUDGE_MS = 1500
// The least that has to be played for that, if it stands again; and trouble so long is not between two sources.
const TELLING_MS = 500
const LONG_TROUBLE_MS = 5000
// Parts are fetched one by one: who is this far behind for the network's sake does better with whole segments.
const PLAIN_FROM_S = 2.5
// So much further behind than wanted, a jump is kinder than catching up.
const FURTHER_S = 5

export class EdgeKeeper {
  private readonly cushion = new Cushion()
  private hls: Hls | null = null
  /** The discontinuity counter of what is shown, and of what was shown when the picture came to stand. */
  private cc = -1
  private stood = false
  private since = 0
  private wentOn = -LEAP_MS
  private stoodIn: number | null = null
  private judgeAt = Infinity
  /** Where the last look found it playing; null when it was moved since. */
  private passed: number | null = null
  /** Since when nothing is loaded although the picture stands and there is more. */
  private idleSince: number | null = null

  constructor(private readonly video: HTMLVideoElement) {}

  /** Another source, or none. */
  follow(hls: Hls | null): void {
    this.hls = hls
    this.cc = -1
    this.passed = null
    this.pardon()
    this.video.playbackRate = 1
  }

  shows(cc: number): void {
    this.cc = cc
  }

  /** The picture came to stand, whyever. */
  stands(): void {
    this.stood = true
  }

  /** And that is a stall, since so long: seen, and no outage of the source. */
  stalls(since: number, now: number): void {
    this.stood = true
    if (this.judgeAt !== Infinity) {
      const telling = since - this.wentOn >= TELLING_MS || now - this.since >= LONG_TROUBLE_MS
      if (telling) this.judge(this.judgeAt)
      this.judgeAt = Infinity
    }
    if (this.stoodIn !== null) return
    this.since = since
    this.stoodIn = this.cc
  }

  /** It moves. */
  goesOn(now: number): void {
    if (!this.stood) return
    this.stood = false
    this.wentOn = now
    if (this.stoodIn !== null) this.judgeAt = now + JUDGE_MS
  }

  /** Nothing that happened says anything about the network. */
  pardon(): void {
    this.stoodIn = null
    this.judgeAt = Infinity
  }

  look(now: number): void {
    this.overHole()
    this.wake(now)
    this.judge(now)
    this.keepDistance(now)
  }

  // A stall within one source was the network or this device. Between two sources it says nothing about them.
  private judge(now: number): void {
    if (this.judgeAt === Infinity) return
    if (this.stoodIn !== this.cc) this.pardon()
    else if (now >= this.judgeAt) {
      this.cushion.stalled(now, this.wentOn - this.since)
      this.pardon()
    }
  }

  // Between two sources the timelines do not meet to the millisecond. hls.js takes its time over such holes.
  private overHole(): void {
    const { video } = this
    const { buffered, currentTime, seeking } = video
    const passed = this.passed
    this.passed = seeking ? null : currentTime
    if (!this.hls || video.paused || seeking) return
    for (let nth = 0; nth < buffered.length; nth += 1) {
      const [start, end] = [buffered.start(nth), buffered.end(nth)]
      if (end < currentTime) continue
      if (start > currentTime) {
        if (video.readyState > 2 || end - start < WORTH_S) continue
        this.seek(start + 0.001)
      } else if (passed !== null && passed < start) {
        // The sound has gone over the hole by itself. Chromium shows no picture behind it for seconds, unless its decoder begins anew.
        this.seek(currentTime + NUDGE_S)
      }
      return
    }
  }

  // After an outage hls.js may choose to go on with a segment that it has, and wait for ever. It is told where to go on.
  private wake(now: number): void {
    const { hls, video } = this
    const details = hls?.latestLevelDetails
    const ranges = video.buffered
    const end = ranges.length > 0 ? ranges.end(ranges.length - 1) : 0
    const idle = hls?.inFlightFragments.main.state === "IDLE" && !video.paused && !video.seeking && video.readyState <= 2
    if (!hls || !idle || end < video.currentTime || !details?.live || details.edge - end < IDLE_S) this.idleSince = null
    else if (this.idleSince === null) this.idleSince = now
    else if (now - this.idleSince > IDLE_MS) {
      this.idleSince = null
      hls.startLoad(end)
    }
  }

  private seek(to: number): void {
    this.passed = null
    this.video.currentTime = to
  }

  private keepDistance(now: number): void {
    const { hls, video } = this
    const details = hls?.latestLevelDetails
    if (!hls || !details?.live) return
    this.cushion.calm(now)
    const { extra_s } = this.cushion
    hls.lowLatencyMode = extra_s < PLAIN_FROM_S
    const target_s = distance(details, extra_s, hls.lowLatencyMode)
    // hls.js counts in target durations, which are the longest that a segment may be.
    hls.config.liveMaxLatencyDurationCount = (target_s + FURTHER_S) / details.targetduration
    if (hls.targetLatency !== target_s) hls.targetLatency = target_s
    const ranges = video.buffered
    const buffer_s = ranges.length > 0 ? ranges.end(ranges.length - 1) - video.currentTime : 0
    const edge = hls.liveSyncPosition
    if (now - this.wentOn < LEAP_MS && this.judgeAt === Infinity && edge !== null && edge - video.currentTime > LEAP_S && buffer_s - (edge - video.currentTime) > WORTH_S) {
      this.wentOn = -LEAP_MS
      this.seek(edge)
    }
    const rate = video.readyState > 2 ? pace({ behind_s: hls.latency, target_s, buffer_s }, video.playbackRate) : 1
    if (video.playbackRate !== rate) video.playbackRate = rate
  }
}

/** Where the playlist wants its players, seconds behind the edge, and what this one adds. Whole segments: two of them, as they are. */
function distance({ partHoldBack, holdBack, targetduration, averagetargetduration }: LevelDetails, extra_s: number, lowLatency: boolean): number {
  if (partHoldBack === 0) return (holdBack || 3 * targetduration) + extra_s
  return lowLatency ? partHoldBack + extra_s : Math.max(partHoldBack + extra_s, 2 * (averagetargetduration ?? targetduration))
}

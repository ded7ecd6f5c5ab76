// Plays a room's live playlist and does not give up: rebuilt with growing pauses after fatal errors, lost streams and server restarts.
import type Hls from "hls.js"
import type { ErrorData } from "hls.js"
import { Cushion } from "./cushion"
import { pace } from "./pace"
import { STALL_MS } from "./quality"
import { keepFrame, Renditions } from "./renditions"
import { IDLE, isCodecFailure, nativeShownAt, playAllowed, Told, type PlayerState } from "./state"

export interface PlayerOptions {
  /** The playlist's address; `fresh` asks for a new viewer token first. */
  playlist: (fresh: boolean) => Promise<string>
  /** Called before the picture is rebuilt, so that positions are not compared over it. */
  onRebuild?: () => void
  watcher?: PlayWatcher
}

/** Who measures plays. */
export interface PlayWatcher {
  /** The picture is wanted: a new play begins. */
  wished(): void
  failed(code: string): void
  /** It is not wanted any more. */
  over(): void
}

const PAUSES_MS = [500, 1000, 2000, 4000, 8000]
// Longer than any honest stall of the buffer.
const FROZEN_MS = 10_000
// After the show's end the last segments are soon played out, with or without an ENDLIST.
const PLAYED_OUT_MS = 4000
// A playlist that ended although nobody said the show is over: it may go on.
const LOOK_AGAIN_MS = 3000
const LOOK_MS = 250
// A browser without the decoder gets it no sooner; the encoder may change, though.
const UNSUPPORTED_MS = 20_000
// Segments behind the edge from which on a jump is kinder than catching up.
const MOST_BEHIND = 3
const JUDGE_MS = 1500
// The picture stood already: a leap to the edge right behind it costs nothing, and saves a minute of hurrying.
const LEAP_MS = 4000
const LEAP_S = 0.7
// So much behind a hole is worth jumping over it.
const WORTH_S = 0.15
// Who starts with the smallest rendition shows mud for the first seconds.
const FIRST_ESTIMATE = 3_000_000

export class LivePlayer {
  private readonly told = new Told<PlayerState>(IDLE)
  readonly onState = this.told.on
  private readonly cushion = new Cushion()
  private readonly renditions = new Renditions((change) => this.change(change))
  /** The discontinuity counter of what is shown, and of what was shown when the picture came to stand. */
  private cc = -1
  private stalledIn: number | null = null
  private stood = false
  private stoodAt = 0
  private leapUntil = 0
  private judging: ReturnType<typeof setTimeout> | undefined
  private lookedAt = -1
  private hls: Hls | null = null
  private wanted = false
  private finishing = false
  private away = false
  private check: ReturnType<typeof setTimeout> | undefined
  private started = false
  private failures = 0
  private generation = 0
  private fresh = false
  private mediaRecoveries = 0
  private pendingRebuild: ReturnType<typeof setTimeout> | undefined
  private readonly watchdog: ReturnType<typeof setInterval>
  private lastPosition = -1
  private lastAdvance = performance.now()
  private readonly abort = new AbortController()

  constructor(private readonly video: HTMLVideoElement, private readonly options: PlayerOptions) {
    const on = (name: string, act: () => void) => video.addEventListener(name, act, { signal: this.abort.signal })
    on("playing", () => this.moving())
    on("timeupdate", () => this.advanced())
    on("waiting", () => this.waiting())
    on("stalled", () => this.waiting())
    on("pause", () => {
      if (this.wanted && this.started && !video.ended && this.state.phase !== "loading") this.change({ phase: "paused" })
    })
    on("ended", () => this.ended())
    on("error", () => this.nativeFailure())
    this.watchdog = setInterval(() => this.look(), LOOK_MS)
  }

  get state(): PlayerState {
    return this.told.state
  }

  /** Wants the live picture. Harmless when it is already there. */
  play(): void {
    if (this.wanted) return
    clearTimeout(this.check)
    this.wanted = true
    this.finishing = false
    this.away = false
    this.failures = 0
    this.options.watcher?.wished()
    void this.build()
  }

  /** The stream is back or a new show began: if the picture does not move by itself soon, it is built anew. */
  refresh(): void {
    if (!this.wanted) {
      this.play()
      return
    }
    this.finishing = false
    this.pardon()
    clearTimeout(this.check)
    this.check = setTimeout(() => {
      if (this.wanted && this.standing() > 3000) this.rebuild("stream is back", 0)
    }, 5000)
  }

  /** The stream is known to be away: standing still is no failure. */
  hold(away: boolean): void {
    this.away = away
    // What stands now stands for want of a source: no reason to keep more distance.
    if (away) this.pardon()
  }

  /** Plays out what is left, then stays ended. */
  finish(): void {
    this.finishing = true
  }

  stop(): void {
    if (this.wanted) this.options.watcher?.over()
    this.wanted = false
    this.generation += 1
    clearTimeout(this.pendingRebuild)
    clearTimeout(this.check)
    this.tearDown()
    this.change({ phase: "idle", audioOnly: false })
  }

  destroy(): void {
    this.stop()
    clearInterval(this.watchdog)
    this.abort.abort()
  }

  /** Starts or goes on, at the live edge when the picture stood still for long. */
  async resume(): Promise<void> {
    if (!this.wanted) {
      this.play()
      return
    }
    this.toEdge()
    await this.tryPlay()
  }

  /** When the shown frame reached the server, by the playlist's clock: ms since 1970. */
  shownAt(): number | null {
    if (this.hls) return this.hls.playingDate?.getTime() ?? null
    return this.video.src === "" ? null : nativeShownAt(this.video)
  }

  /** Seconds between the shown picture and its arrival at the server. */
  latency(): number | null {
    const shown = this.shownAt()
    return shown === null ? null : (Date.now() - shown) / 1000
  }

  /** Bit rate of what is shown, by the playlist. */
  bitrate_kbps(): number | null {
    const level = this.hls?.levels[this.hls.currentLevel]
    return level && level.bitrate > 0 ? level.bitrate / 1000 : null
  }

  /** A rendition of the state's list, or -1 for what the network carries. */
  choose(rendition: number): void {
    this.renditions.choose(rendition)
  }

  toEdge(): void {
    const { video } = this
    const end = video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : null
    const edge = this.hls ? this.hls.liveSyncPosition : end
    if (edge !== null && edge - video.currentTime > 1.5) video.currentTime = edge
  }

  unsilence(): void {
    this.video.muted = false
    this.change({ silenced: false })
  }

  private async build(): Promise<void> {
    const generation = ++this.generation
    this.tearDown()
    this.change({ phase: this.started ? "stalled" : "loading" })
    this.lastAdvance = performance.now()
    let address: string
    let Player: typeof Hls
    try {
      ;[address, Player] = await Promise.all([this.options.playlist(this.fresh), import("hls.js/light").then((module) => module.default)])
      this.fresh = false
    } catch (error) {
      if (generation === this.generation) this.rebuild(error instanceof Error ? error.message : "no playlist")
      return
    }
    if (generation !== this.generation || !this.wanted) return
    if (Player.isSupported()) this.attach(Player, address)
    else if (this.video.canPlayType("application/vnd.apple.mpegurl") !== "") {
      this.video.src = address
      void this.tryPlay()
    } else this.unsupported("browser")
  }

  private attach(Player: typeof Hls, address: string): void {
    // The distance to the edge is the playlist's (PART-HOLD-BACK) plus our cushion, and the pace is ours: see `look`.
    const hls = new Player({
      lowLatencyMode: true,
      liveSyncOnStallIncrease: 0,
      maxLiveSyncPlaybackRate: 1,
      backBufferLength: 15,
      maxBufferLength: 20,
      enableWorker: true,
      nudgeMaxRetry: 8,
      capLevelToPlayerSize: true,
      abrEwmaDefaultEstimate: FIRST_ESTIMATE,
      testBandwidth: false,
    })
    // Given to the constructor it would want a fixed distance beside it.
    hls.config.liveMaxLatencyDurationCount = MOST_BEHIND
    this.hls = hls
    this.cc = -1
    this.renditions.follow(hls, Player.Events)
    hls.on(Player.Events.MANIFEST_PARSED, () => void this.tryPlay())
    hls.on(Player.Events.FRAG_CHANGED, (_name, data) => { this.cc = data.frag.cc })
    hls.on(Player.Events.ERROR, (_name, data) => {
        if (hls === this.hls && data.fatal) this.fatal(Player, hls, data)
    })
    hls.attachMedia(this.video)
    hls.loadSource(address)
  }

  private fatal(Player: typeof Hls, hls: Hls, data: ErrorData): void {
    if (isCodecFailure(data.details)) {
      this.unsupported("codec", data.details)
      return
    }
    const status = data.response?.code ?? 0
    if (status === 401 || status === 403) this.fresh = true
    // A track came or went: what plays it has to be made anew, nothing less helps.
    const otherTracks = data.details === Player.ErrorDetails.BUFFER_APPEND_ERROR && data.error.name === "HlsJsTrackRemovedError"
    if (data.type === Player.ErrorTypes.MEDIA_ERROR && !otherTracks && this.mediaRecoveries < 2) {
      this.mediaRecoveries += 1
      hls.recoverMediaError()
      void this.tryPlay()
      return
    }
    // What is buffered plays on meanwhile; if the picture comes to stand, the watchdog builds it anew.
    if (data.type === Player.ErrorTypes.NETWORK_ERROR && this.started && hls.levels.length > 0 && !this.fresh) {
      clearTimeout(this.pendingRebuild)
      this.pendingRebuild = setTimeout(() => hls.startLoad(), this.nextPause())
      return
    }
    // The first segment of a show is still being made: asked for steadily, as it is only seconds away.
    if (status === 404 && !this.started) this.failures = Math.min(this.failures, 2)
    this.rebuild(status > 0 ? `${data.details} ${status}` : data.details)
  }

  private unsupported(what: "browser" | "codec", failure = "no_hls"): void {
    this.generation += 1
    this.tearDown()
    this.options.watcher?.failed(failure)
    this.change({ unsupported: what, failure, phase: "idle" })
    if (what === "codec") this.pendingRebuild = setTimeout(() => void this.build(), UNSUPPORTED_MS)
  }

  private rebuild(failure: string, pause_ms?: number): void {
    if (!this.wanted) return
    if (this.finishing) {
      this.ended()
      return
    }
    const pause = pause_ms ?? this.nextPause()
    this.generation += 1
    this.tearDown()
    this.options.onRebuild?.()
    this.options.watcher?.failed(failure)
    this.change({ failure, rebuilds: this.state.rebuilds + 1, phase: this.started ? "stalled" : "loading" })
    clearTimeout(this.pendingRebuild)
    this.pendingRebuild = setTimeout(() => void this.build(), pause)
  }

  // Growing, and different for everybody, so that an audience does not return in one instant.
  private nextPause(): number {
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] ?? 8000
    this.failures += 1
    return pause * (0.75 + Math.random() / 2)
  }

  // There are renditions that the list does not name. The shown frame stands while it is read again.
  private readAgain(): void {
    keepFrame(this.video)
    this.options.onRebuild?.()
    void this.build()
  }

  private tearDown(): void {
    clearTimeout(this.pendingRebuild)
    this.hls?.destroy()
    this.hls = null
    this.renditions.follow(null)
    this.pardon()
    this.video.playbackRate = 1
    if (this.video.src !== "" && !this.video.src.startsWith("blob:")) {
      this.video.removeAttribute("src")
      this.video.load()
    }
  }

  private async tryPlay(): Promise<void> {
    await playAllowed(this.video, () => this.change({ silenced: true }), () => this.change({ phase: "paused" }))
  }

  private moving(): void {
    this.started = true
    this.failures = 0
    this.mediaRecoveries = 0
    this.lastAdvance = performance.now()
    this.video.removeAttribute("poster")
    this.goneOn()
    if (this.wanted) this.change({ phase: "playing", failure: null, unsupported: null })
  }

  private advanced(): void {
    if (this.video.currentTime === this.lastPosition) return
    this.lastPosition = this.video.currentTime
    this.lastAdvance = performance.now()
    if (!this.wanted || this.video.paused || this.video.readyState <= 2) return
    this.goneOn()
    this.change({ audioOnly: this.video.videoWidth === 0, ...(this.state.phase === "stalled" && { phase: "playing" }) })
  }

  private waiting(): void {
    if (this.state.phase !== "playing" || this.video.readyState > 2) return
    this.stood = true
    this.stoodAt = performance.now()
    this.stalledIn = this.away ? null : this.cc
    this.change({ phase: "stalled", stalls: this.state.stalls + 1 })
  }

  // A stall within one source was the network or this device. Between two sources it says nothing about them.
  // Which it was shows a little later: hls.js tells of a fragment after its first picture.
  private goneOn(): void {
    if (this.stood) this.leapUntil = performance.now() + LEAP_MS
    this.stood = false
    const { stalledIn } = this
    if (stalledIn === null) return
    this.stalledIn = null
    if (performance.now() - this.stoodAt < STALL_MS) return
    clearTimeout(this.judging)
    this.judging = setTimeout(() => {
      if (stalledIn === this.cc && !this.away) this.cushion.stalled(performance.now())
    }, JUDGE_MS)
  }

  /** Nothing that happens now says anything about the network. */
  private pardon(): void {
    this.stalledIn = null
    clearTimeout(this.judging)
  }

  private ended(): void {
    if (this.state.phase === "ended") return
    if (this.wanted) this.options.watcher?.over()
    this.wanted = false
    this.generation += 1
    clearTimeout(this.pendingRebuild)
    this.tearDown()
    this.change({ phase: "ended" })
    if (!this.finishing) this.lookAgain()
  }

  // Playing the old end over and over would be worse than waiting, so the playlist is read before it is played.
  private lookAgain(): void {
    clearTimeout(this.check)
    this.check = setTimeout(() => {
      if (this.state.phase !== "ended" || this.finishing) return
      void this.goesOn().then((on) => {
        if (this.state.phase !== "ended" || this.finishing) return
        if (on) this.play()
        else this.lookAgain()
      })
    }, LOOK_AGAIN_MS * (0.75 + Math.random() / 2))
  }

  private async goesOn(): Promise<boolean> {
    try {
      const list = await fetch(await this.options.playlist(this.fresh))
      this.fresh = list.status === 401 || list.status === 403
      const source = (await list.text()).split("\n").find((line) => line !== "" && !line.startsWith("#"))
      if (!list.ok || source === undefined) return false
      const answer = await fetch(new URL(source, list.url))
      return answer.ok && !(await answer.text()).includes("#EXT-X-ENDLIST")
    } catch {
      return false
    }
  }

  private nativeFailure(): void {
    const { error } = this.video
    if (this.hls || !this.wanted || !error) return
    // It was answered and still cannot be played, twice: the decoder is missing.
    if (error.code === MediaError.MEDIA_ERR_DECODE && this.failures > 1) this.unsupported("codec", "native_decode")
    else this.rebuild(error.message || `native_${error.code}`)
  }

  private look(): void {
    if (!this.wanted || this.state.phase === "paused") return
    this.overHole()
    this.keepPace()
    // A browser that was asleep has not seen the stream stand still.
    const now = performance.now()
    const slept = now - this.lookedAt > FROZEN_MS / 2
    this.lookedAt = now
    if (slept) this.lastAdvance = now
    if (this.finishing && this.standing() > PLAYED_OUT_MS) this.ended()
    else if (this.started && !this.away && !this.video.paused && this.standing() > FROZEN_MS) this.rebuild("frozen")
    else if (this.started && !this.video.paused && this.renditions.isStale(now, this.state.phase === "playing" && !document.hidden)) this.readAgain()
  }

  // Between two sources the timelines do not meet to the millisecond. hls.js takes its time over such holes.
  private overHole(): void {
    const { video } = this
    if (!this.hls || !this.started || video.paused || video.seeking || video.readyState > 2) return
    const { buffered, currentTime } = video
    for (let nth = 0; nth < buffered.length; nth += 1) {
      if (buffered.start(nth) <= currentTime || buffered.end(nth) - buffered.start(nth) < WORTH_S) continue
      video.currentTime = buffered.start(nth) + 0.001
      return
    }
  }

  private keepPace(): void {
    const { hls, video } = this
    const details = hls?.latestLevelDetails
    if (!hls || !details?.live || details.partHoldBack === 0) return
    const now = performance.now()
    const eased = this.cushion.calm(now)
    const target_s = details.partHoldBack + this.cushion.extra_s
    if (eased || this.cushion.extra_s > 0) hls.targetLatency = target_s
    const ranges = video.buffered
    const buffer_s = ranges.length > 0 ? ranges.end(ranges.length - 1) - video.currentTime : 0
    const edge = hls.liveSyncPosition
    if (now < this.leapUntil && edge !== null && edge - video.currentTime > LEAP_S && buffer_s - (edge - video.currentTime) > WORTH_S) {
      this.leapUntil = 0
      video.currentTime = edge
    }
    const rate = video.readyState > 2 ? pace({ behind_s: hls.latency, target_s, buffer_s }, video.playbackRate) : 1

    if (video.playbackRate !== rate) video.playbackRate = rate
  }

  private standing(): number {
    return performance.now() - this.lastAdvance
  }

  private change(change: Partial<PlayerState>): void {
    this.told.change(change)
  }
}

// Plays what was recorded: the open show behind its live edge (DVR 时移), or a show that is over (回放). Positions are moments,
// ms since 1970, as the playlist's program date-times say.
import type Hls from "hls.js"
import type { LevelDetails } from "hls.js"
import { startDate } from "./native"
import { IDLE, isCodecFailure, playAllowed, Told, type PlayerState } from "./state"
import { Timeline } from "./timeline"

export interface RecordedState extends PlayerState {
  /** The moment shown. */
  at: number | null
  first: number | null
  last: number | null
  rate: number
  /** A growing recording was played up to its end. */
  caughtUp: boolean
}

export interface RecordedOptions {
  /** The playlist's address; `fresh` asks for a new viewer token first. */
  playlist: (fresh: boolean) => Promise<string>
  /** Called before positions stop being comparable. */
  onRebuild?: () => void
}

const PAUSES_MS = [500, 1000, 2000, 4000, 8000]
const LOOK_MS = 250
// So close to the end of a growing recording there is nothing more to play for now.
const END_S = 1.5

export class RecordedPlayer {
  private readonly told = new Told<RecordedState>({ ...IDLE, at: null, first: null, last: null, rate: 1, caughtUp: false })
  readonly onState = this.told.on
  private hls: Hls | null = null
  private timeline = new Timeline([])
  private growing = false
  private opened = false
  private generation = 0
  private failures = 0
  private mediaRecoveries = 0
  private fresh = false
  /** The moment to go to once the playlist is known; null is the beginning. */
  private pending: number | null = null
  private goes = false
  private starting = true
  private retry: ReturnType<typeof setTimeout> | undefined
  private readonly timer: ReturnType<typeof setInterval>
  private readonly abort = new AbortController()

  constructor(private readonly video: HTMLVideoElement, private readonly options: RecordedOptions) {
    const on = (name: string, act: () => void) => video.addEventListener(name, () => { if (this.opened) act() }, { signal: this.abort.signal })
    on("playing", () => {
      this.failures = 0
      this.mediaRecoveries = 0
      this.told.change({ phase: "playing", failure: null, unsupported: null, audioOnly: video.videoWidth === 0 })
    })
    on("waiting", () => { if (this.state.phase === "playing" && !video.seeking) this.told.change({ phase: "stalled", stalls: this.state.stalls + 1 }) })
    on("seeking", () => this.look())
    on("seeked", () => this.look())
    on("pause", () => { if (!video.ended && !this.starting) this.told.change({ phase: "paused" }) })
    on("ended", () => this.told.change({ phase: "ended", caughtUp: this.growing }))
    on("ratechange", () => this.told.change({ rate: video.playbackRate }))
    on("loadedmetadata", () => { if (!this.hls) this.nativeTimeline() })
    on("durationchange", () => { if (!this.hls) this.nativeTimeline() })
    on("error", () => { if (!this.hls && video.error) this.again(`native_${video.error.code}`) })
    this.timer = setInterval(() => this.look(), LOOK_MS)
  }

  get state(): RecordedState {
    return this.told.state
  }

  /** Takes the video element and begins at a moment, or at the beginning. `go` plays at once. */
  open(at: number | null, go = true): void {
    this.opened = true
    this.goes = go
    this.pending = at
    this.failures = 0
    this.told.change({ ...IDLE, phase: "loading", at, caughtUp: false })
    void this.build()
  }

  /** Gives the video element back. */
  close(): void {
    this.opened = false
    this.generation += 1
    this.tearDown()
    this.video.playbackRate = 1
    this.timeline = new Timeline([])
    this.told.change({ ...IDLE, at: null, first: null, last: null, rate: 1, caughtUp: false })
  }

  destroy(): void {
    this.close()
    clearInterval(this.timer)
    this.abort.abort()
  }

  /** Shows another moment. One in a hole of the recording is where the picture goes on. */
  seek(at: number): void {
    const position = this.timeline.position(at)
    this.told.change({ at, caughtUp: false, ...(this.state.phase === "ended" && { phase: "paused" }) })
    if (position === null) this.pending = at
    else this.video.currentTime = position
  }

  /** Steps by seconds of the media itself: a frame, a second. */
  step(seconds: number): void {
    const { video } = this
    video.currentTime = Math.max(0, Math.min(video.currentTime + seconds, video.duration || Number.MAX_VALUE))
  }

  play(): void {
    this.goes = true
    void playAllowed(this.video, () => this.told.change({ silenced: true }), () => this.told.change({ phase: "paused" }))
  }

  pause(): void {
    this.goes = false
    this.video.pause()
  }

  setRate(rate: number): void {
    this.video.playbackRate = rate
  }

  unsilence(): void {
    this.video.muted = false
    this.told.change({ silenced: false })
  }

  choose(rendition: number): void {
    if (this.hls) this.hls.nextLevel = rendition
    this.told.change({ chosen: rendition })
  }

  private async build(): Promise<void> {
    const generation = ++this.generation
    this.tearDown()
    this.starting = true
    let address: string
    let Player: typeof Hls
    try {
      ;[address, Player] = await Promise.all([this.options.playlist(this.fresh), import("hls.js/light").then((module) => module.default)])
      this.fresh = false
    } catch (error) {
      if (generation === this.generation) this.again(error instanceof Error ? error.message : "no playlist")
      return
    }
    if (generation !== this.generation) return
    if (Player.isSupported()) this.attach(Player, address)
    else if (this.video.canPlayType("application/vnd.apple.mpegurl") !== "") this.video.src = address
    else this.told.change({ unsupported: "browser", phase: "idle" })
  }

  private attach(Player: typeof Hls, address: string): void {
    const hls = new Player({
      lowLatencyMode: false,
      autoStartLoad: false,
      backBufferLength: 30,
      maxBufferLength: 30,
      enableWorker: true,
      nudgeMaxRetry: 8,
      capLevelToPlayerSize: true,
    })
    this.hls = hls
    hls.on(Player.Events.LEVEL_LOADED, (_name, data) => this.learn(data.details))
    hls.on(Player.Events.LEVEL_UPDATED, (_name, data) => this.learn(data.details))
    // The first segments tell better than the playlist where they stand.
    hls.on(Player.Events.LEVEL_PTS_UPDATED, (_name, data) => this.learn(data.details))
    hls.on(Player.Events.MANIFEST_PARSED, () => hls.startLoad(0))
    hls.on(Player.Events.ERROR, (_name, data) => {
      if (hls !== this.hls || !data.fatal) return
      if (isCodecFailure(data.details)) {
        this.tearDown()
        this.told.change({ unsupported: "codec", failure: data.details, phase: "idle" })
        return
      }
      const status = data.response?.code ?? 0
      if (status === 401 || status === 403) this.fresh = true
      if (data.type === Player.ErrorTypes.MEDIA_ERROR && this.mediaRecoveries < 2) {
        this.mediaRecoveries += 1
        hls.recoverMediaError()
        if (this.goes) this.play()
        return
      }
      this.again(status > 0 ? `${data.details} ${status}` : data.details)
    })
    hls.attachMedia(this.video)
    hls.loadSource(address)
  }

  private learn(details: LevelDetails): void {
    this.growing = details.live
    const pieces = []
    for (const { programDateTime, start, duration } of details.fragments) {
      if (programDateTime !== null) pieces.push({ start, duration, at: programDateTime })
    }
    this.know(new Timeline(pieces))
  }

  // Without the list of segments only the beginning is known: holes are not.
  private nativeTimeline(): void {
    const { video } = this
    const start = startDate(video)
    const end = video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : video.duration
    if (start === undefined || Number.isNaN(start) || !Number.isFinite(end)) return
    this.growing = !Number.isFinite(video.duration)
    this.know(new Timeline([{ start: 0, duration: end, at: start }]))
  }

  private know(timeline: Timeline): void {
    this.timeline = timeline
    this.told.change({ first: timeline.first, last: timeline.last })
    if (!this.starting || timeline.empty) return
    this.starting = false
    const position = this.pending === null ? (timeline.pieces[0]?.start ?? 0) : timeline.position(this.pending)
    this.pending = null
    if (position !== null) {
      this.hls?.startLoad(position)
      this.whenReady(() => { this.video.currentTime = position })
    }
    if (this.goes) this.play()
    else this.told.change({ phase: "paused" })
  }

  private whenReady(act: () => void): void {
    if (this.video.readyState > 0) act()
    else {
      const generation = this.generation
      this.video.addEventListener("loadedmetadata", () => { if (generation === this.generation) act() }, { once: true, signal: this.abort.signal })
    }
  }

  private again(failure: string): void {
    if (!this.opened) return
    this.generation += 1
    this.pending = this.state.at
    this.tearDown()
    this.options.onRebuild?.()
    this.told.change({ failure, rebuilds: this.state.rebuilds + 1, phase: "loading" })
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] ?? 8000
    this.failures += 1
    this.retry = setTimeout(() => void this.build(), pause * (0.75 + Math.random() / 2))
  }

  private tearDown(): void {
    clearTimeout(this.retry)
    this.hls?.destroy()
    this.hls = null
    if (this.video.src !== "" && !this.video.src.startsWith("blob:")) {
      this.video.removeAttribute("src")
      this.video.load()
    }
  }

  private look(): void {
    if (!this.opened || this.starting || this.timeline.empty) return
    const { video } = this
    const at = this.timeline.at(video.currentTime)
    if (at === null) return
    const end = this.timeline.pieces.at(-1)
    const left_s = end ? end.start + end.duration - video.currentTime : 0
    const caughtUp = this.growing && left_s < END_S && this.state.phase !== "paused"
    this.told.change({ at, caughtUp, ...(this.state.phase === "stalled" && !video.paused && video.readyState > 2 && { phase: "playing" }) })
  }
}

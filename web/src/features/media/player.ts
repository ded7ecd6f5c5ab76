// Plays a room's live playlist and does not give up: rebuilt with growing pauses after fatal errors, lost streams and server restarts.
import type Hls from "hls.js"
import type { ErrorData } from "hls.js"
import { EdgeKeeper } from "./edge"
import { NativeClock, startDate, statusOf } from "./native"
import { STALL_MS } from "./quality"
import { keepFrame, Renditions } from "./renditions"
import { ASLEEP_MS, Standing } from "./standing"
import { IDLE, isCodecFailure, playAllowed, Told, type PlayerState } from "./state"

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
  /** Since when the picture stands although it should move (monotonic, ms); null while it moves or need not. Told several times a second. */
  stands(since: number | null, now: number): void
  /** It is not wanted any more. */
  over(): void
}

const PAUSES_MS = [500, 1000, 2000, 4000, 8000]
// Longer than any honest stall of the buffer.
const FROZEN_MS = 10_000
const NOT_YET_MS = 700
// After the show's end the last segments are soon played out, with or without an ENDLIST.
const PLAYED_OUT_MS = 4000
// A playlist that ended although nobody said the show is over: it may go on.
const LOOK_AGAIN_MS = 3000
const LOOK_MS = 250
// A browser without the decoder gets it no sooner; the encoder may change, though.
const UNSUPPORTED_MS = 20_000
// Who starts with the smallest rendition shows mud for the first seconds.
const FIRST_ESTIMATE = 3_000_000

export class LivePlayer {
  private readonly told = new Told<PlayerState>(IDLE)
  readonly onState = this.told.on
  private readonly edge: EdgeKeeper
  private readonly renditions = new Renditions((change) => this.change(change))
  private readonly standing = new Standing()
  private readonly nativeClock = new NativeClock()
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
  /** The picture was lost while the viewer paused: it is built when the viewer goes on. */
  private sleeping = false
  /** The stall that goes on is counted. */
  private stalling = false
  private pendingRebuild: ReturnType<typeof setTimeout> | undefined
  private readonly watchdog: ReturnType<typeof setInterval>
  private lastPosition = -1
  private lastAdvance = performance.now()
  private readonly abort = new AbortController()

  constructor(private readonly video: HTMLVideoElement, private readonly options: PlayerOptions) {
    this.edge = new EdgeKeeper(video)
    const on = (name: string, act: () => void) => video.addEventListener(name, act, { signal: this.abort.signal })
    on("playing", () => this.moving())
    on("timeupdate", () => this.advanced())
    on("waiting", () => this.waiting())
    on("stalled", () => this.waiting())
    on("pause", () => {
      // A source that is lost pauses too, without anybody's wish.
      const lost = video.error !== null || (this.hls === null && video.src === "")
      if (this.wanted && this.started && !lost && !video.ended && this.state.phase !== "loading") this.change({ phase: "paused" })
    })
    on("ended", () => { if (this.wanted) this.ended() })
    on("error", () => void this.nativeFailure())
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
    this.started = false
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
    this.edge.pardon()
    clearTimeout(this.check)
    const unsupported = this.state.unsupported === "codec"
    this.check = setTimeout(() => {
      if (this.wanted && !this.paused && (unsupported || this.standing_ms() > 3000)) this.rebuild("stream is back", 0)
    }, unsupported ? 1000 : 5000)
  }

  /** The stream is known to be away: standing still is no failure. */
  hold(away: boolean): void {
    this.away = away
    // What stands now stands for want of a source: no reason to keep more distance.
    if (!away) return
    this.edge.pardon()
    this.nativeClock.outage()
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
    if (this.sleeping) {
      await this.build()
      return
    }
    this.toEdge()
    await this.tryPlay()
  }

  /** When the shown frame reached the server, by the playlist's clock: ms since 1970. */
  shownAt(): number | null {
    if (this.hls) return this.hls.playingDate?.getTime() ?? null
    return this.video.src === "" ? null : this.nativeClock.shownAt(startDate(this.video), this.video.currentTime)
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
    this.sleeping = false
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
    // The distance to the edge is the playlist's (PART-HOLD-BACK) plus our cushion, and the pace is ours: see `EdgeKeeper`.
    const hls = new Player({
      lowLatencyMode: true,
      liveSyncOnStallIncrease: 0,
      maxLiveSyncPlaybackRate: 1,
      // Who has hls.js drop what was played loses its place at the edge for seconds: it forgets the segment it is in. The browser
      // drops what it has no room for by itself.
      backBufferLength: Infinity,
      maxBufferLength: 20,
      enableWorker: true,
      nudgeMaxRetry: 8,
      capLevelToPlayerSize: true,
      abrEwmaDefaultEstimate: FIRST_ESTIMATE,
      testBandwidth: false,
    })
    this.hls = hls
    this.edge.follow(hls)
    this.renditions.follow(hls, Player.Events)
    hls.on(Player.Events.MANIFEST_PARSED, () => void this.tryPlay())
    hls.on(Player.Events.FRAG_CHANGED, (_name, data) => this.edge.shows(data.frag.cc))
    hls.on(Player.Events.ERROR, (_name, data) => { if (hls === this.hls && data.fatal) this.fatal(Player, hls, data, address) })
    hls.attachMedia(this.video)
    hls.loadSource(address)
  }

  private fatal(Player: typeof Hls, hls: Hls, data: ErrorData, address: string): void {
    if (isCodecFailure(data.details)) {
      this.unsupported("codec", data.details)
      return
    }
    const status = data.response?.code ?? 0
    const failure = status > 0 ? `${data.details} ${status}` : data.details
    this.fresh = isRefused(status)
    // A track came or went: what plays it has to be made anew, nothing less helps.
    const otherTracks = data.details === Player.ErrorDetails.BUFFER_APPEND_ERROR && data.error.name === "HlsJsTrackRemovedError"
    if (data.type === Player.ErrorTypes.MEDIA_ERROR && !otherTracks && this.mediaRecoveries < 2) {
      this.mediaRecoveries += 1
      hls.recoverMediaError()
      if (!this.paused) void this.tryPlay()
      return
    }
    // What is buffered plays on meanwhile; if the picture comes to stand, the watchdog builds it anew.
    if (data.type === Player.ErrorTypes.NETWORK_ERROR && this.started && hls.levels.length > 0 && !this.fresh) {
      clearTimeout(this.pendingRebuild)
      this.pendingRebuild = setTimeout(() => hls.startLoad(), this.nextPause())
      return
    }
    if (status === 404 && !this.started) this.notYet(failure, () => hls.loadSource(address))
    else this.rebuild(failure)
  }

  // The first segment of a show is still being made: asked for steadily, as it is only seconds away. Nothing is rebuilt for that.
  private notYet(failure: string, again: () => void): void {
    this.failed(failure)
    clearTimeout(this.pendingRebuild)
    this.pendingRebuild = setTimeout(again, NOT_YET_MS * (0.75 + Math.random() / 2))
  }

  private unsupported(what: "browser" | "codec", failure = "no_hls"): void {
    this.generation += 1
    this.tearDown()
    this.failed(failure)
    this.change({ unsupported: what, failure, phase: "idle" })
    if (what === "codec") this.pendingRebuild = setTimeout(() => void this.build(), UNSUPPORTED_MS)
  }

  private rebuild(failure: string, pause_ms?: number): void {
    if (!this.wanted) return
    if (this.finishing) {
      this.ended()
      return
    }
    this.generation += 1
    this.tearDown()
    this.options.onRebuild?.()
    this.failed(failure)
    // Who paused is shown nothing that moves.
    this.sleeping = this.paused
    this.change({ failure, rebuilds: this.state.rebuilds + 1, ...(!this.paused && { phase: this.started ? "stalled" : "loading" }) })
    if (!this.sleeping) this.pendingRebuild = setTimeout(() => void this.build(), pause_ms ?? this.nextPause())
  }

  private failed(failure: string): void {
    // While the source is known to be away there is nothing to fail.
    if (!this.away) this.options.watcher?.failed(failure)
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
    this.edge.follow(null)
    this.nativeClock.reset()
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
    this.see("playing")
    this.edge.goesOn(this.lastAdvance)
    if (this.wanted) this.change({ phase: "playing", failure: null, unsupported: null })
  }

  private advanced(): void {
    if (this.video.currentTime === this.lastPosition) return
    this.lastPosition = this.video.currentTime
    this.lastAdvance = performance.now()
    if (!this.wanted || this.video.paused || this.video.readyState <= 2) return
    this.see()
    this.edge.goesOn(this.lastAdvance)
    this.change({ audioOnly: this.video.videoWidth === 0, ...(this.state.phase === "stalled" && { phase: "playing" }) })
  }

  private waiting(): void {
    if (this.video.readyState > 2) return
    this.see("waiting")
    if (this.state.phase !== "playing" || this.video.seeking) return
    this.edge.stands()
    this.change({ phase: "stalled" })
  }

  private see(says?: "waiting" | "playing"): void {
    const { video } = this
    const now = performance.now()
    const idle = !this.wanted || this.away || this.paused || video.ended || this.state.unsupported !== null
    const look = { now, position: video.currentTime, ready: video.readyState > 2, seeking: video.seeking, idle, hidden: document.hidden }
    const since = this.standing.look(look, says)
    this.options.watcher?.stands(since, now)
    const stalls = since !== null && now - since > STALL_MS
    if (stalls && !this.stalling && this.started) {
      this.edge.stalls(since, now)
      this.change({ stalls: this.state.stalls + 1, ...(this.state.phase === "playing" && { phase: "stalled" }) })
    }
    this.stalling = stalls
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
      this.fresh = isRefused(list.status)
      const source = (await list.text()).split("\n").find((line) => line !== "" && !line.startsWith("#"))
      if (!list.ok || source === undefined) return false
      const answer = await fetch(new URL(source, list.url))
      return answer.ok && !(await answer.text()).includes("#EXT-X-ENDLIST")
    } catch {
      return false
    }
  }

  private async nativeFailure(): Promise<void> {
    const { error, currentSrc } = this.video
    if (this.hls || !this.wanted || !error) return
    const { generation } = this
    const status = await statusOf(currentSrc)
    if (generation !== this.generation) return
    const failure = status >= 400 ? `native_${error.code} ${status}` : `native_${error.code}`
    this.fresh = isRefused(status)
    if (status === 404 && !this.started) this.notYet(failure, () => void this.build())
    // The playlist is there and cannot be played, time and again: the decoder is missing.
    else if (status === 200 && this.failures > (error.code === MediaError.MEDIA_ERR_DECODE ? 1 : 3)) this.unsupported("codec", failure)
    else this.rebuild(failure)
  }

  private look(): void {
    this.see()
    if (!this.wanted || this.paused || this.state.unsupported !== null) return
    const now = performance.now()
    if (this.started) this.edge.look(now)
    // A browser that was asleep has not seen the stream stand still.
    if (now - this.lookedAt > ASLEEP_MS) this.lastAdvance = now
    this.lookedAt = now
    // Nobody paused it: a source that was recovered stands until it is told to play.
    if (this.started && this.video.paused && this.video.readyState > 2 && !this.video.ended) void this.tryPlay()
    if (this.finishing && this.standing_ms() > PLAYED_OUT_MS) this.ended()
    else if (this.started && !this.away && !this.video.paused && this.standing_ms() > FROZEN_MS) this.rebuild("frozen")
    else if (this.started && !this.video.paused && this.renditions.isStale(now, this.state.phase === "playing" && !document.hidden)) this.readAgain()
  }

  private standing_ms(): number {
    return performance.now() - this.lastAdvance
  }

  private get paused(): boolean {
    return this.state.phase === "paused"
  }

  private change(change: Partial<PlayerState>): void {
    this.told.change(change)
  }
}

/** By its viewer token: a new one opens. */
function isRefused(status: number): boolean {
  return status === 401 || status === 403
}

// Plays a room's live playlist and does not give up: rebuilt with growing pauses after fatal errors, lost streams and server restarts.
import type Hls from "hls.js"

export type PlayerPhase =
  /** Nothing is asked of it. */
  | "idle"
  /** Fetching, no picture yet. */
  | "loading"
  | "playing"
  | "paused"
  /** Had a picture and waits for more. */
  | "stalled"
  /** The playlist came to its end. */
  | "ended"

export interface PlayerState {
  phase: PlayerPhase
  /** The browser allowed playing only without sound. */
  silenced: boolean
  /** How often the picture was rebuilt. */
  rebuilds: number
  /** Stalls after the first frame. */
  stalls: number
  /** The last failure, for the tooltip and for reports. */
  failure: string | null
}

export interface PlayerOptions {
  /** The playlist's address; `fresh` asks for a new viewer token first. */
  playlist: (fresh: boolean) => Promise<string>
  /** Called before the picture is rebuilt, so that positions are not compared over it. */
  onRebuild?: () => void
}

const PAUSES_MS = [500, 1000, 2000, 4000, 8000]
// Longer than any honest stall of the buffer.
const FROZEN_MS = 10_000
// After the show's end the last segments are soon played out, with or without an ENDLIST.
const PLAYED_OUT_MS = 4000
// A playlist that ended although nobody said the show is over: it may go on.
const LOOK_AGAIN_MS = 3000

export class LivePlayer {
  state: PlayerState = { phase: "idle", silenced: false, rebuilds: 0, stalls: 0, failure: null }
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
  private readonly watchers = new Set<() => void>()
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
    this.watchdog = setInterval(() => this.look(), 1000)
  }

  onState = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /** Wants the live picture. Harmless when it is already there. */
  play(): void {
    if (this.wanted) return
    clearTimeout(this.check)
    this.wanted = true
    this.finishing = false
    this.away = false
    this.failures = 0
    void this.build()
  }

  /** The stream is back or a new show began: if the picture does not move by itself soon, it is built anew. */
  refresh(): void {
    if (!this.wanted) {
      this.play()
      return
    }
    this.finishing = false
    clearTimeout(this.check)
    this.check = setTimeout(() => {
      if (this.wanted && this.standing() > 3000) this.rebuild("stream is back", 0)
    }, 5000)
  }

  /** The stream is known to be away: standing still is no failure. */
  hold(away: boolean): void {
    this.away = away
  }

  /** Plays out what is left, then stays ended. */
  finish(): void {
    this.finishing = true
  }

  stop(): void {
    this.wanted = false
    this.generation += 1
    clearTimeout(this.pendingRebuild)
    clearTimeout(this.check)
    this.tearDown()
    this.change({ phase: "idle" })
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

  /** Seconds between the shown picture and its arrival at the server, by the playlist's own clock. */
  latency(): number | null {
    const shown = this.hls?.playingDate
    return shown ? (Date.now() - shown.getTime()) / 1000 : null
  }

  toEdge(): void {
    const edge = this.hls?.liveSyncPosition
    if (typeof edge === "number" && edge - this.video.currentTime > 3) this.video.currentTime = edge
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
    } else this.change({ failure: "this browser cannot play the stream", phase: "idle" })
  }

  private attach(Player: typeof Hls, address: string): void {
    const hls = new Player({
      liveSyncDurationCount: 3,
      liveMaxLatencyDurationCount: 12,
      maxLiveSyncPlaybackRate: 1.05,
      backBufferLength: 15,
      maxBufferLength: 20,
      enableWorker: true,
      nudgeMaxRetry: 8,
    })
    this.hls = hls
    hls.on(Player.Events.MANIFEST_PARSED, () => void this.tryPlay())
    hls.on(Player.Events.ERROR, (_name, data) => {
      if (hls !== this.hls || !data.fatal) return
      const status = data.response?.code ?? 0
      if (status === 401 || status === 403) this.fresh = true
      if (data.type === Player.ErrorTypes.MEDIA_ERROR && this.mediaRecoveries < 2) {
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
    })
    hls.attachMedia(this.video)
    hls.loadSource(address)
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

  private tearDown(): void {
    clearTimeout(this.pendingRebuild)
    this.hls?.destroy()
    this.hls = null
    if (this.video.src !== "" && !this.video.src.startsWith("blob:")) {
      this.video.removeAttribute("src")
      this.video.load()
    }
  }

  private async tryPlay(): Promise<void> {
    try {
      await this.video.play()
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return
      if (!this.video.muted) {
        this.video.muted = true
        this.change({ silenced: true })
        await this.tryPlay()
      } else this.change({ phase: "paused" })
    }
  }

  private moving(): void {
    this.started = true
    this.failures = 0
    this.mediaRecoveries = 0
    this.lastAdvance = performance.now()
    if (this.wanted) this.change({ phase: "playing", failure: null })
  }

  private advanced(): void {
    if (this.video.currentTime === this.lastPosition) return
    this.lastPosition = this.video.currentTime
    this.lastAdvance = performance.now()
    if (this.wanted && this.state.phase === "stalled" && !this.video.paused && this.video.readyState > 2) this.change({ phase: "playing" })
  }

  private waiting(): void {
    if (this.state.phase !== "playing" || this.video.readyState > 2) return
    this.change({ phase: "stalled", stalls: this.state.stalls + 1 })
  }

  private ended(): void {
    if (this.state.phase === "ended") return
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
      const answer = await fetch(await this.options.playlist(this.fresh))
      this.fresh = answer.status === 401 || answer.status === 403
      return answer.ok && !(await answer.text()).includes("#EXT-X-ENDLIST")
    } catch {
      return false
    }
  }

  private nativeFailure(): void {
    if (!this.hls && this.wanted && this.video.error) this.rebuild(this.video.error.message || "media error")
  }

  private look(): void {
    if (!this.wanted || this.state.phase === "paused") return
    if (this.finishing && this.standing() > PLAYED_OUT_MS) this.ended()
    else if (this.started && !this.away && !this.video.paused && this.standing() > FROZEN_MS) this.rebuild("frozen")
  }

  private standing(): number {
    return performance.now() - this.lastAdvance
  }

  private change(change: Partial<PlayerState>): void {
    const next = { ...this.state, ...change }
    const same = Object.keys(change).every((key) => this.state[key as keyof PlayerState] === next[key as keyof PlayerState])
    this.state = next
    if (!same) for (const watcher of this.watchers) watcher()
  }
}

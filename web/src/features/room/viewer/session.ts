// One player load: its token, socket, played time and players, tied together and ended together.
import { api, ask, Problem } from "../../../api/client"
import type { components } from "../../../api/schema"
import type { ViewerToken } from "../../../api/types"
import { isRemembered, loadMemory, memoryOf, readConsent, saveMemory, sayConsent, unanswered, type Answers, type Consent } from "../../audience/consent/consent"
import { PlayedCounter } from "../../audience/played"
import { LivePlayer } from "../../media/player"
import { RecordedPlayer } from "../../media/recorded"
import { QualityReporter, sendReport } from "../../media/reporter"
import { ServerClock } from "../../media/serverClock"
import { IDLE, Told, type PlayerState } from "../../media/state"
import { Banned, RoomClient } from "../socket/client"
import { canRewind, readDanmaku, readReplays, readStart, replayPlaylist, rewindPlaylist, type Replay } from "./recordings"
import { DanmakuTrack, type TrackItem } from "./track"

const LOOK_MS = 250
const LOOK_FOR_REWIND_MS = 20_000

export type Mode =
  /** The live picture. */
  | "live"
  /** The open show, behind its live edge. */
  | "rewind"
  /** A show that is over. */
  | "replay"

/** What is watched, beside the player's own state. */
export interface View {
  mode: Mode
  /** The show's beginning, ms since 1970: what times count from. */
  started_at: number | null
  /** The open show can be rewound. */
  rewindable: boolean
  /** The moment shown, and the ends of what can be shown: ms since 1970. Live, only the end moves. */
  at: number | null
  first: number | null
  last: number | null
  rate: number
  replays: readonly Replay[]
  /** The replay asked for, once it is known; `missing` when there is none. */
  replay: Replay | "missing" | null
}

/** What the viewer is asked, once it is known, and whether the question stands on the page. */
export interface Asking {
  known: Consent | null
  open: boolean
  /** The viewer opened it to change something. */
  again: boolean
  failed: boolean
}

export type OwnReport = components["schemas"]["OwnReport"]
export type OwnSanction = components["schemas"]["ViewerSanction"]
export type OwnReports = components["schemas"]["OwnReports"]

export class ViewerSession {
  readonly client: RoomClient
  readonly view: Told<View>
  /** The state of whichever player has the picture. */
  readonly picture = new Told<PlayerState>(IDLE)
  readonly consent = new Told<Asking>({ known: null, open: false, again: false, failed: false })
  readonly clock = new ServerClock()
  private readonly played = new PlayedCounter()
  private readonly flights = new Set<(item: TrackItem) => void>()
  private readonly clearings = new Set<() => void>()
  private live: LivePlayer | null = null
  private recorded: RecordedPlayer | null = null
  private video: HTMLVideoElement | null = null
  /** Danmaku of what is watched again. */
  track: DanmakuTrack | null = null
  private pending: Promise<ViewerToken> | null = null
  private lookedForRewind = -LOOK_FOR_REWIND_MS

  private constructor(readonly room: string, private current: ViewerToken, private readonly asked: string | null, private readonly moment: number | null) {
    this.view = new Told<View>({
      mode: asked ? "replay" : "live", started_at: null, rewindable: false, at: null, first: null, last: null, rate: 1, replays: [], replay: null,
    })
    this.client = new RoomClient({
      address: async (fresh) => {
        const address = socketAddress(fresh ? await this.renew() : this.current)
        if (fresh && await isBanned(address)) throw new Banned()
        return address
      },
      open: (address) => new WebSocket(address),
      random: () => Math.random(),
      takePlayed: () => this.played.take(),
      giveBackPlayed: (ms) => this.played.giveBack(ms),
      shown: () => this.shown(),
      visible: () => document.visibilityState === "visible",
    })
  }

  /** Asks for a token; a `Problem` tells why the room stays closed. `replay` names a show that is over, `moment` where it begins. */
  static async open(room: string, replay: string | null = null, moment: number | null = null): Promise<ViewerSession> {
    const token = await fetchToken(room, kept(room))
    const session = new ViewerSession(room, token, replay, moment)
    // Nobody waits for it, and a room that cannot tell it asks at the next visit.
    if (token.asks_consent) void session.readConsent().catch(() => undefined)
    return session
  }

  /** Keeps the viewer's answers; the question goes away once the server has them. */
  async answer(answers: Answers): Promise<void> {
    const { known } = this.consent.state
    if (!known) return
    try {
      this.heard(await sayConsent(this.room, this.current.token, known, answers))
      this.consent.change({ open: false, again: false, failed: false })
    } catch (error) {
      this.consent.change({ failed: true })
      // Meanwhile the text may be another one, which has to be shown first.
      if (error instanceof Problem && error.status === 409) await this.readConsent().catch(() => undefined)
    }
  }

  /** Says that a danmaku breaks a rule. */
  report(position: number, clause: string): Promise<OwnReport> {
    return ask<OwnReport>("POST", this.own("reports"), { position, clause })
  }

  ownReports(): Promise<OwnReports> {
    return ask<OwnReports>("GET", this.own("reports"))
  }

  /** What was imposed on this viewer. */
  ownSanctions(): Promise<components["schemas"]["ViewerSanctions"]> {
    return ask("GET", this.own("sanctions"))
  }

  /** The piece of the show that a sanction is about. */
  film(sanction: string): string {
    return this.own(`sanctions/${encodeURIComponent(sanction)}/evidence`)
  }

  /** Objects to a sanction. */
  appeal(sanction: string, text: string): Promise<components["schemas"]["ViewerAppeal"]> {
    return ask("POST", this.own(`sanctions/${encodeURIComponent(sanction)}/appeal`), { text })
  }

  private own(what: string): string {
    return `/api/rooms/${encodeURIComponent(this.room)}/${what}?token=${encodeURIComponent(this.current.token)}`
  }

  private async readConsent(): Promise<void> {
    const memory = loadMemory(this.room)
    const known = await readConsent(this.room, this.current.token)
    this.heard(known)
    this.consent.change({ open: unanswered(known, memory).length > 0 })
  }

  private heard(known: Consent): void {
    saveMemory(this.room, memoryOf(known, loadMemory(this.room)))
    keep(this.room, this.current)
    this.consent.change({ known })
  }

  get mode(): Mode {
    return this.view.state.mode
  }

  /** A danmaku of the recording flies, now that the picture is where it was said. */
  onTrackFlight = (watcher: (item: TrackItem) => void) => {
    this.flights.add(watcher)
    return () => { this.flights.delete(watcher) }
  }

  /** What flies belongs to another moment. */
  onClear = (watcher: () => void) => {
    this.clearings.add(watcher)
    return () => { this.clearings.delete(watcher) }
  }

  /** Begins with this video element; returns the undoing. */
  start(video: HTMLVideoElement): () => void {
    this.video = video
    const recorded = new RecordedPlayer(video, {
      playlist: async (fresh) => this.recordedPlaylist((fresh ? await this.renew() : this.current).token),
      onRebuild: () => this.played.reset(),
    })
    this.recorded = recorded
    const offRecorded = recorded.onState(() => this.recordedMoved(recorded))
    const looking = setInterval(() => this.look(), LOOK_MS)
    this.clock.start()
    void this.readReplays()
    const stopLive = this.asked ? () => undefined : this.startLive(video)
    return () => {
      stopLive()
      offRecorded()
      clearInterval(looking)
      this.clock.stop()
      this.track?.stop()
      recorded.destroy()
      this.view.change({ replay: null })
    }
  }

  /** Goes on: live at the edge when the picture stood still, a recording that was played out from its beginning. */
  resume(): void {
    if (this.mode === "live") {
      void this.live?.resume()
      return
    }
    const { first } = this.view.state
    if (this.picture.state.phase === "ended" && first !== null) this.recorded?.seek(first)
    this.recorded?.play()
  }

  pause(): void {
    if (this.mode === "live") this.video?.pause()
    else this.recorded?.pause()
  }

  unsilence(): void {
    if (this.mode === "live") this.live?.unsilence()
    else this.recorded?.unsilence()
  }

  /** Shows a moment of the show, ms since 1970. */
  seek(at: number): void {
    const { recorded } = this
    if (!recorded) return
    if (this.mode === "live") {
      this.live?.stop()
      this.played.reset()
      this.view.change({ mode: "rewind", at })
      this.openTrack(this.client.state.broadcast)
      recorded.open(at)
    } else recorded.seek(at)
  }

  backToLive(): void {
    if (this.mode !== "rewind") return
    this.track?.stop()
    this.track = null
    this.clear()
    this.recorded?.close()
    this.played.reset()
    this.view.change({ mode: "live", at: null, first: null, last: null, rate: 1 })
    if (this.client.state.live) this.live?.play()
    else this.picture.change({ ...IDLE, phase: "ended" })
  }

  setRate(rate: number): void {
    this.recorded?.setRate(rate)
  }

  choose(rendition: number): void {
    if (this.mode === "live") this.live?.choose(rendition)
    else this.recorded?.choose(rendition)
  }

  private startLive(video: HTMLVideoElement): () => void {
    const reporter = new QualityReporter(video, {
      clock: this.clock,
      send: (report, leaving) => sendReport(this.room, this.current.token, report, leaving),
    })
    const player = new LivePlayer(video, {
      playlist: async (fresh) => (fresh ? await this.renew() : this.current).playlist,
      onRebuild: () => {
        this.played.reset()
        reporter.rebuilt()
      },
      watcher: reporter,
    })
    reporter.attach(player)
    this.live = player
    const abort = new AbortController()
    const { signal } = abort
    let live = false
    const offs = [
      player.onState(() => {
        if (this.mode !== "live") return
        // A picture that starts to move proves that the server is there.
        if (player.state.phase === "playing" && this.picture.state.phase !== "playing") this.client.hurry()
        this.picture.change(player.state)
      }),
      this.client.onState(() => {
        const { state } = this.client
        player.hold(state.interrupted && state.source !== "slate")
        if (state.live === live) return
        live = state.live
        if (!live) {
          player.finish()
          this.view.change({ rewindable: false })
          setTimeout(() => void this.readReplays(), 5000)
        } else if (this.mode === "live") player.play()
      }),
      this.client.onEvent((event) => {
        if (event.imported || this.mode !== "live") return
        if (event.type === "BroadcastStarted") this.view.change({ started_at: event.at, rewindable: false })
        if (["BroadcastStarted", "StreamPublished", "StreamSwitched"].includes(event.type)) player.refresh()
      }),
    ]
    window.addEventListener("pagehide", () => this.client.stop(), { signal })
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.client.start() }, { signal })
    window.addEventListener("online", () => this.client.hurry(), { signal })
    this.client.start()
    return () => {
      for (const off of offs) off()
      abort.abort()
      this.client.stop()
      player.destroy()
      reporter.destroy()
      this.live = null
    }
  }

  private recordedPlaylist(token: string): string {
    return this.asked ? replayPlaylist(this.asked, token) : rewindPlaylist(this.room, token)
  }

  private recordedMoved(recorded: RecordedPlayer): void {
    if (this.mode === "live") return
    const { at, first, last, rate, caughtUp } = recorded.state
    this.picture.change(recorded.state)
    this.view.change({ at, first, last, rate })
    if (this.mode === "rewind" && caughtUp && this.client.state.live) this.backToLive()
  }

  private look(): void {
    const { video } = this
    if (!video) return
    const now = performance.now()
    this.played.look({ now, position: video.currentTime, paused: video.paused, seeking: video.seeking, rate: video.playbackRate })
    const { mode, at, started_at } = this.view.state
    if (mode !== "live") {
      if (at !== null && started_at !== null) this.track?.look(at - started_at, now)
      return
    }
    const edge = this.serverNow()
    if (this.view.state.rewindable) this.view.change({ first: started_at, last: edge, at: edge })
    else if (this.picture.state.phase === "playing" && now - this.lookedForRewind > LOOK_FOR_REWIND_MS) {
      this.lookedForRewind = now
      void this.lookForRewind()
    }
  }

  private async lookForRewind(): Promise<void> {
    if (!(await canRewind(this.room, this.current.token))) return
    const started_at = await readStart(this.room)
    if (this.mode === "live" && started_at !== null && this.client.state.live) this.view.change({ rewindable: true, started_at })
  }

  private async readReplays(): Promise<void> {
    const replays = await readReplays(this.room)
    this.view.change({ replays })
    if (!this.asked || this.view.state.replay !== null) return
    const replay = replays.find((one) => one.broadcast_id === this.asked) ?? "missing"
    this.view.change({ replay })
    if (replay === "missing") return
    this.view.change({ started_at: replay.started_at, at: replay.started_at, first: replay.started_at, last: replay.started_at + replay.duration_ms })
    this.openTrack(replay.broadcast_id)
    this.recorded?.open(this.moment)
  }

  private openTrack(broadcast: string | null): void {
    this.track?.stop()
    this.clear()
    this.track = broadcast === null ? null : new DanmakuTrack({
      read: (from_ms, to_ms) => readDanmaku(broadcast, this.current.token, from_ms, to_ms),
      fly: (item) => { for (const watcher of this.flights) watcher(item) },
      clear: () => this.clear(),
      end_ms: () => {
        const { mode, started_at, last } = this.view.state
        if (mode === "rewind") return this.serverNow() - (started_at ?? 0)
        return (last ?? 0) - (started_at ?? 0) + 60_000
      },
    })
  }

  private clear(): void {
    for (const watcher of this.clearings) watcher()
  }

  private serverNow(): number {
    return this.clock.now() ?? Date.now() + this.client.state.skew_ms
  }

  private shown(): { position_ms: number; rate: number } | null {
    const at = this.mode === "live" ? this.live?.shownAt() : this.view.state.at
    if (at === null || at === undefined || !this.video) return null
    return { position_ms: Math.round(at), rate: this.video.playbackRate }
  }

  // The socket and the player may both find the token dead at once: one renewal serves both.
  private renew(): Promise<ViewerToken> {
    this.pending ??= fetchToken(this.room, this.current.token).then((token) => {
      this.current = token
      return token
    }).finally(() => { this.pending = null })
    return this.pending
  }
}

function kept(room: string): string | undefined {
  try {
    return localStorage.getItem(`kaibo.viewer.${room}`) ?? sessionStorage.getItem(`kaibo.viewer.${room}`) ?? undefined
  } catch {
    return undefined
  }
}

// Where viewers are asked, the pseudonym of one who agreed to nothing ends with the tab: at the next visit it is somebody new.
function keep(room: string, token: ViewerToken): void {
  const name = `kaibo.viewer.${room}`
  try {
    const lasting = !token.asks_consent || isRemembered(loadMemory(room))
    const [here, there] = lasting ? [localStorage, sessionStorage] : [sessionStorage, localStorage]
    here.setItem(name, token.token)
    there.removeItem(name)
  } catch {
    // Without storage the viewer is a new one at the next visit.
  }
}

async function fetchToken(room: string, previous?: string): Promise<ViewerToken> {
  let token: ViewerToken
  try {
    token = await api.viewerToken(room, previous)
  } catch (error) {
    // A stale or foreign token must not lock anybody out.
    if (!previous || !(error instanceof Problem) || error.offline || error.status === 404) throw error
    token = await api.viewerToken(room)
  }
  keep(room, token)
  return token
}

function socketAddress(token: ViewerToken): string {
  const url = new URL(token.socket, location.href)
  url.protocol = url.protocol.replace("http", "ws")
  if (!url.searchParams.has("token")) url.searchParams.set("token", token.token)
  return url.toString()
}

// A browser does not say why an upgrade was refused; asked without one, the same door answers in words.
async function isBanned(socket: string): Promise<boolean> {
  try {
    const answer = await fetch(socket.replace(/^ws/, "http"))
    return answer.status === 403 && ((await answer.json()) as { code?: unknown }).code === "banned"
  } catch {
    return false
  }
}

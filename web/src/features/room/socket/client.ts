// The room socket's client: joins, keeps the sequence without gaps, comes back by itself, and delivers each own danmaku once.
import type { StreamSource } from "../../../api/types"
import { isChatMode, parse, type Ack, type ChatMode, type Danmaku, type Hello, type Refused, type Reviewed, type RoomEvent, type Sanctioned, type ServerFrame, type Tick } from "./protocol"

/** What of a WebSocket is used; tests bring their own. */
export interface Wire {
  onopen: ((this: never, event: never) => unknown) | null
  onmessage: ((this: never, message: never) => unknown) | null
  onclose: ((this: never, close: never) => unknown) | null
  send(text: string): void
  close(): void
}

/** The room does not let this viewer in any more. */
export class Banned extends Error {}

export interface Surroundings {
  /** The address to join at, without `seq`. `fresh` asks for a new token first. Throws `Banned` when there is no use in coming back. */
  address(fresh: boolean): Promise<string>
  open(address: string): Wire
  random(): number
  /** ms played since the last heartbeat, and a way to return them. */
  takePlayed(): number
  giveBackPlayed(ms: number): void
  /** The moment shown (program date-time, ms since 1970) and how fast it plays; null without a picture. */
  shown(): { position_ms: number; rate: number } | null
  visible(): boolean
}

export type Phase = "connecting" | "open" | "reconnecting" | "closed"

export interface RoomState {
  phase: Phase
  title: string
  live: boolean
  broadcast: string | null
  /** The stream went away and the server still waits for it. */
  interrupted: boolean
  /** What the picture is made from; null while nobody said so. */
  source: StreamSource | null
  online: number | null
  likes: number | null
  danmaku_chars: number
  /** How speaking goes here. */
  chat: ChatMode
  /** What was decided about this viewer last, while it is worth saying. */
  sanction: Sanction | null
  /** Server clock minus ours, ms. */
  skew_ms: number
}

export interface Sanction {
  kind: Sanctioned["kind"]
  clause: string | null
  /** ms since 1970; null: for good. */
  until: number | null
}

/** One line of the chat; `own` ones have a delivery state. */
export interface Line {
  key: string
  pos: number | null
  at: number
  text: string
  nick: string | null
  color: number
  own: boolean
  delivery: "sending" | "sent" | "held" | "refused"
  /** Code of the refusal, `rejected` by a person or `removed` after it was shown. */
  refusal: string | null
  /** Which published rule it is said to break. */
  clause: string | null
  /** Until when its writer may not write. */
  until: number | null
}

export interface Flight {
  pos: number | null
  text: string
  color: number
  mode: number
  own: boolean
}

const KEPT_LINES = 300
const KEPT_POSITIONS = 2000

export class RoomClient {
  private wire: Wire | null = null
  private opened = false
  private seq: number | null = null
  private attempts = 0
  private fresh = false
  private stopped = false
  private reconnect: ReturnType<typeof setTimeout> | undefined
  private firstBeat: ReturnType<typeof setTimeout> | undefined
  private beat: ReturnType<typeof setInterval> | undefined
  private likeFlush: ReturnType<typeof setTimeout> | undefined
  private unsentLikes = 0
  private resumeAsked = 0
  private seen = new Set<number>()
  private counter = 0
  private readonly prefix: string
  private readonly stateWatchers = new Set<() => void>()
  private readonly lineWatchers = new Set<() => void>()
  private readonly flightWatchers = new Set<(flight: Flight) => void>()
  private readonly eventWatchers = new Set<(event: RoomEvent) => void>()
  private readonly removalWatchers = new Set<(pos: number) => void>()

  state: RoomState = {
    phase: "connecting", title: "", live: false, broadcast: null, interrupted: false, source: null,
    online: null, likes: null, danmaku_chars: 200, chat: "after_review", sanction: null, skew_ms: 0,
  }
  lines: readonly Line[] = []

  constructor(private readonly around: Surroundings) {
    this.prefix = Math.floor(around.random() * 0xffff_ffff).toString(36) + Date.now().toString(36)
  }

  onState = (watcher: () => void) => watch(this.stateWatchers, watcher)
  onLines = (watcher: () => void) => watch(this.lineWatchers, watcher)
  onFlight = (watcher: (flight: Flight) => void) => watch(this.flightWatchers, watcher)
  onEvent = (watcher: (event: RoomEvent) => void) => watch(this.eventWatchers, watcher)
  onRemoval = (watcher: (pos: number) => void) => watch(this.removalWatchers, watcher)

  start(): void {
    this.stopped = false
    void this.connect()
  }

  /** Leaves on purpose. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.reconnect)
    clearTimeout(this.likeFlush)
    this.heartbeat()
    this.transmit({ type: "leave" })
    this.drop()
    this.change({ phase: "closed" })
  }

  /** Shows the line at once and delivers it now or after the next connection. */
  say(text: string, nick?: string): void {
    this.counter += 1
    const id = `${this.prefix}-${this.counter}`
    this.addLines([
      { key: id, pos: null, at: Date.now() + this.state.skew_ms, text, nick: nick ?? null, color: 0xff_ffff, own: true, delivery: "sending", refusal: null, clause: null, until: null },
    ])
    this.deliver(id, text, nick)
  }

  /** Tries a refused line again under its own id. */
  sayAgain(key: string): void {
    const line = this.lines.find((one) => one.key === key)
    if (line?.delivery !== "refused") return
    this.changeLine(key, { delivery: "sending", refusal: null, clause: null, until: null })
    this.deliver(line.key, line.text, line.nick ?? undefined)
  }

  like(): void {
    this.unsentLikes += 1
    if (this.state.likes !== null) this.change({ likes: this.state.likes + 1 })
    this.likeFlush ??= setTimeout(() => {
      this.likeFlush = undefined
      if (this.unsentLikes > 0 && this.transmit({ type: "like", n: this.unsentLikes })) this.unsentLikes = 0
    }, 1000)
  }

  private async connect(): Promise<void> {
    this.opened = false
    let address: string
    try {
      address = await this.around.address(this.fresh)
      this.fresh = false
    } catch (error) {
      if (error instanceof Banned) this.shutOut()
      else this.retry()
      return
    }
    if (this.stopped) return
    if (this.seq !== null) address += `&seq=${this.seq}`
    const wire = this.around.open(address)
    this.wire = wire
    wire.onopen = () => {
      if (wire === this.wire) this.opened = true
    }
    wire.onmessage = (message: { data: unknown }) => {
      if (wire !== this.wire || typeof message.data !== "string") return
      const frame = parse(message.data)
      if (frame) this.receive(frame)
    }
    wire.onclose = (close: { code: number }) => {
      if (wire !== this.wire) return
      this.wire = null
      // A browser cannot read why an upgrade was refused; the token is the likely reason.
      if (!this.opened || close.code === 4401 || close.code === 4403) this.fresh = true
      if (close.code === 4403 && this.state.sanction?.kind === "ban") this.shutOut()
      else if (!this.stopped) this.retry()
    }
  }

  /** What it was told stays said; there is no coming back. */
  private shutOut(): void {
    this.stopped = true
    this.stopBeating()
    this.change({ phase: "closed", sanction: this.state.sanction?.kind === "ban" ? this.state.sanction : { kind: "ban", clause: null, until: null } })
  }

  /** The viewer has read it. */
  dismissSanction(): void {
    this.change({ sanction: null })
  }

  private retry(): void {
    this.stopBeating()
    if (this.stopped) return
    const pause_ms = Math.min(1000 * 2 ** this.attempts, 30_000) * (0.5 + this.around.random())
    this.attempts += 1
    this.change({ phase: this.state.phase === "connecting" && this.attempts < 2 ? "connecting" : "reconnecting" })
    clearTimeout(this.reconnect)
    this.reconnect = setTimeout(() => void this.connect(), pause_ms)
  }

  /** The network came back: no need to sit out a long pause. */
  hurry(): void {
    if (this.stopped || this.wire || this.state.phase !== "reconnecting") return
    clearTimeout(this.reconnect)
    this.attempts = 0
    void this.connect()
  }

  private drop(): void {
    this.stopBeating()
    const wire = this.wire
    this.wire = null
    wire?.close()
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "hello": this.hello(frame); return
      case "tick": this.tick(frame); return
      case "ack": this.acknowledged(frame); return
      case "refused": this.refused(frame); return
      case "reviewed": this.reviewed(frame); return
      case "sanctioned": this.change({ sanction: { kind: frame.kind, clause: frame.clause, until: frame.until ?? null } }); return
      case "error": return
    }
  }

  private hello(hello: Hello): void {
    const again = this.seq !== null
    this.attempts = 0
    this.seq = hello.seq
    this.change({
      phase: "open",
      title: hello.title,
      live: hello.live,
      broadcast: hello.broadcast ?? this.state.broadcast,
      // On air without a source: the server waits for one.
      interrupted: hello.source === null ? hello.live : hello.resumed && hello.source === undefined ? this.state.interrupted : false,
      source: hello.source !== undefined ? hello.source : this.state.source,
      online: hello.online,
      likes: hello.likes,
      danmaku_chars: hello.limits?.danmaku_chars ?? this.state.danmaku_chars,
      chat: hello.mode ?? this.state.chat,
      skew_ms: hello.now - Date.now(),
    })
    for (const event of hello.events) this.applyEvent(event)
    // The first snapshot's danmaku are history: listed, not flown.
    this.showDanmaku(hello.danmaku, again)
    for (const line of this.lines) {
      if (line.own && line.delivery === "sending") this.deliver(line.key, line.text, line.nick ?? undefined)
    }
    this.startBeating(hello.limits?.heartbeat_ms ?? 10_000)
  }

  private tick(tick: Tick): void {
    if (tick.events && tick.events.length > 0 && tick.seq !== undefined) {
      if (tick.prev === this.seq) {
        this.seq = tick.seq
        for (const event of tick.events) this.applyEvent(event)
      } else if (this.seq === null || tick.seq > this.seq) {
        this.askResume()
      }
    }
    if (tick.danmaku) this.showDanmaku(tick.danmaku, true)
    if (tick.likes !== undefined || tick.online !== undefined) {
      this.change({ likes: tick.likes ?? this.state.likes, online: tick.online ?? this.state.online })
    }
  }

  // The server answers one resume a second; asking more often only makes noise.
  private askResume(): void {
    const now = Date.now()
    if (now - this.resumeAsked < 1000) return
    this.resumeAsked = now
    this.transmit({ type: "resume", seq: this.seq ?? 0 })
  }

  private applyEvent(event: RoomEvent): void {
    if (!event.imported) {
      switch (event.type) {
        case "BroadcastStarted": this.change({ live: true, interrupted: false }); break
        case "BroadcastEnded": this.change({ live: false, interrupted: false, source: null }); break
        case "StreamSwitched": this.switched(event.data?.to); break
        case "StreamPublished": this.change({ interrupted: false }); break
        case "StreamLost": this.change({ interrupted: true }); break
        case "RoomChanged":
          if (typeof event.data?.title === "string") this.change({ title: event.data.title })
          break
        case "ChatModeChanged":
          if (isChatMode(event.data?.mode)) this.change({ chat: event.data.mode })
          break
        case "DanmakuRemoved":
          if (typeof event.data?.position === "number") this.removed(event.data.position)
          break
      }
    }
    for (const watcher of this.eventWatchers) watcher(event)
  }

  private switched(to: unknown): void {
    if (to !== "primary" && to !== "backup" && to !== "slate") return
    this.change({ source: to, ...(to !== "slate" && { interrupted: false }) })
  }

  private showDanmaku(danmaku: Danmaku[], fly: boolean): void {
    const waiting = this.lines.filter((line) => line.own && line.delivery === "sending")
    const added: Line[] = []
    for (const one of danmaku) {
      if (!this.remember(one.pos)) continue
      // An own one that a person let through: its line stands there already.
      const passed = this.lines.find((line) => line.own && line.delivery === "sent" && line.pos === null && line.text === one.text)
      if (passed) {
        this.changeLine(passed.key, { pos: one.pos })
        if (fly) this.fly({ pos: one.pos, text: one.text, color: one.color ?? 0xff_ffff, mode: one.mode ?? 1, own: true })
        continue
      }
      const own = waiting.some((line) => line.text === one.text)
      added.push({
        key: `p${one.pos}`, pos: one.pos, at: one.at, text: one.text, nick: one.nick ?? null,
        color: one.color ?? 0xff_ffff, own: false, delivery: "sent", refusal: null, clause: null, until: null,
      })
      if (fly) this.fly({ pos: one.pos, text: one.text, color: one.color ?? 0xff_ffff, mode: one.mode ?? 1, own })
    }
    if (added.length > 0) this.addLines(added)
  }

  private acknowledged({ id, pos, held }: Ack): void {
    const line = this.lines.find((one) => one.key === id)
    if (line?.delivery !== "sending") return
    // Who may write is not muted any more.
    if (this.state.sanction?.kind === "mute") this.change({ sanction: null })
    if (held) {
      this.changeLine(id, { delivery: "held", refusal: null })
      return
    }
    const flew = !this.remember(pos)
    if (!flew) this.fly({ pos, text: line.text, color: line.color, mode: 1, own: true })
    // The tick may have listed it already: keep one line, the own one.
    this.lines = this.lines.filter((one) => one.pos !== pos)
    this.changeLine(id, { delivery: "sent", pos, refusal: null })
  }

  private refused(refused: Refused): void {
    const line = this.lines.find((one) => one.key === refused.id)
    if (!line) return
    if (refused.code === "busy") {
      setTimeout(() => this.deliver(line.key, line.text, line.nick ?? undefined), refused.retry_ms ?? 1000)
      return
    }
    const [clause, until] = [refused.clause ?? null, refused.until ?? null]
    if (refused.code === "muted") this.change({ sanction: { kind: "mute", clause, until } })
    this.changeLine(refused.id, { delivery: "refused", refusal: refused.code, clause, until })
  }

  private reviewed({ id, outcome, clause }: Reviewed): void {
    const line = this.lines.find((one) => one.key === id)
    if (!line) return
    if (outcome === "reject") {
      this.changeLine(id, { delivery: "refused", refusal: "rejected", clause: clause ?? null })
      return
    }
    if (line.delivery !== "held") return
    // It is shown under a position of its own, which may have come before this; then that line goes and this one stays.
    const shown = this.lines.findLast((one) => !one.own && one.text === line.text && one.pos !== null && one.at >= line.at - 2000)
    if (shown) this.lines = this.lines.filter((one) => one !== shown)
    this.changeLine(id, { delivery: "sent", pos: shown?.pos ?? null })
  }

  // It may stand in the same frame as the danmaku, before it: then it is not shown at all.
  private removed(pos: number): void {
    this.remember(pos)
    const line = this.lines.find((one) => one.pos === pos)
    if (line?.own) this.changeLine(line.key, { delivery: "refused", refusal: "removed" })
    else if (line) {
      this.lines = this.lines.filter((one) => one !== line)
      for (const watcher of this.lineWatchers) watcher()
    }
    for (const watcher of this.removalWatchers) watcher(pos)
  }

  private deliver(id: string, text: string, nick?: string): void {
    this.transmit({ type: "danmaku", id, text, ...(nick ? { nick } : {}) })
  }

  // Many open the page in the same second, and all come back at once when the server does. Each begins at a moment of its own:
  // heartbeats in step are a sign of a farm, and a burst for the server.
  private startBeating(every_ms: number): void {
    this.stopBeating()
    this.firstBeat = setTimeout(() => {
      this.heartbeat()
      this.beat = setInterval(() => this.heartbeat(), every_ms)
    }, every_ms * this.around.random())
  }

  private stopBeating(): void {
    clearTimeout(this.firstBeat)
    clearInterval(this.beat)
  }

  private heartbeat(): void {
    const played_ms = this.around.takePlayed()
    const heartbeat = { type: "heartbeat", played_ms, visible: this.around.visible(), ...this.around.shown() }
    if (!this.transmit(heartbeat)) this.around.giveBackPlayed(played_ms)
  }

  /** False when there is no open socket; the caller keeps what it wanted to send. */
  private transmit(frame: object): boolean {
    if (!this.wire || !this.opened) return false
    try {
      this.wire.send(JSON.stringify(frame))
      return true
    } catch {
      return false
    }
  }

  private remember(pos: number): boolean {
    if (this.seen.has(pos)) return false
    this.seen.add(pos)
    if (this.seen.size > KEPT_POSITIONS) this.seen = new Set([...this.seen].slice(-KEPT_POSITIONS / 2))
    return true
  }

  private fly(flight: Flight): void {
    for (const watcher of this.flightWatchers) watcher(flight)
  }

  private addLines(lines: Line[]): void {
    this.lines = [...this.lines, ...lines].slice(-KEPT_LINES)
    for (const watcher of this.lineWatchers) watcher()
  }

  private changeLine(key: string, change: Partial<Line>): void {
    this.lines = this.lines.map((line) => (line.key === key ? { ...line, ...change } : line))
    for (const watcher of this.lineWatchers) watcher()
  }

  private change(change: Partial<RoomState>): void {
    this.state = { ...this.state, ...change }
    for (const watcher of this.stateWatchers) watcher()
  }
}

function watch<W>(watchers: Set<W>, watcher: W): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

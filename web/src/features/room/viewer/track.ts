// Danmaku of a recorded show at their times: read in windows ahead of the picture, given out as the picture passes them. No DOM.

export interface TrackItem {
  offset_ms: number
  text: string
  nick?: string | null
  mode: number
  color: number
}

/** A danmaku in the list. */
export interface TrackLine extends TrackItem {
  key: string
}

export interface TrackOptions {
  /** The danmaku from `from_ms` to before `to_ms`, the earliest `MOST` of them. */
  read: (from_ms: number, to_ms: number) => Promise<TrackItem[]>
  fly: (item: TrackItem) => void
  /** The picture jumped: what flies belongs elsewhere. */
  clear: () => void
  /** The end of what is recorded so far; behind it windows are read again. */
  end_ms: () => number
  /** How many times as fast as it was said; 1 where not told. */
  rate?: () => number
}

export const WINDOW_MS = 60_000
/** The server's most in one answer. */
export const MOST = 2000
const KEPT_LINES = 300
// What is listed after a jump: the talk just before.
const BEFORE_MS = 60_000
// A look comes four times a second; a longer way was a jump.
const JUMP_MS = 3000
const SETTLED_MS = 5000
const RETRY_MS = 3000

interface Window {
  items: TrackLine[]
  complete: boolean
  readAt: number
  reading: boolean
}

/** What a list shows before there is a track. */
export const NO_TRACK: Pick<DanmakuTrack, "lines" | "onLines"> = { lines: [], onLines: () => () => undefined }

export class DanmakuTrack {
  /** The newest last. */
  lines: readonly TrackLine[] = []
  private readonly windows = new Map<number, Window>()
  private readonly watchers = new Set<() => void>()
  private last: number | null = null
  private listedFrom = 0
  private stopped = false

  constructor(private readonly options: TrackOptions) {}

  onLines = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => { this.watchers.delete(watcher) }
  }

  stop(): void {
    this.stopped = true
  }

  /** The picture is at this offset now; `now` is a monotonic clock in ms. */
  look(offset_ms: number, now: number): void {
    const index = Math.floor(offset_ms / WINDOW_MS)
    for (const one of [index, index + 1, index - 1]) this.want(one, now)
    const { last } = this
    this.last = offset_ms
    if (last === null || offset_ms < last || offset_ms - last > JUMP_MS * Math.max(1, this.options.rate?.() ?? 1)) {
      this.options.clear()
      this.listedFrom = offset_ms - BEFORE_MS
      this.list()
      return
    }
    const passed = this.between(last, offset_ms)
    if (passed.length === 0) return
    for (const item of passed) this.options.fly(item)
    this.list()
  }

  private want(index: number, now: number): void {
    if (index < -1) return
    const known = this.windows.get(index)
    if (known?.reading || known?.complete) return
    if (known && now - known.readAt < (known.items.length === 0 ? RETRY_MS : SETTLED_MS)) return
    const from_ms = index * WINDOW_MS
    if (from_ms > this.options.end_ms()) return
    const window = known ?? { items: [], complete: false, readAt: now, reading: false }
    window.reading = true
    window.readAt = now
    this.windows.set(index, window)
    void this.fill(window, from_ms)
  }

  private async fill(window: Window, from_ms: number): Promise<void> {
    const to_ms = from_ms + WINDOW_MS
    const settled = to_ms + SETTLED_MS < this.options.end_ms()
    try {
      const items: TrackItem[] = []
      for (let next = from_ms; ;) {
        const page = await this.options.read(next, to_ms)
        items.push(...page)
        const latest = page.at(-1)
        if (page.length < MOST || !latest || latest.offset_ms + 1 >= to_ms) break
        next = latest.offset_ms + 1
      }
      window.items = items.map((item, nth) => ({ ...item, key: `${from_ms}-${nth}` }))
      window.complete = settled
    } catch {
      // Read again by a later look.
    }
    window.reading = false
    if (!this.stopped) this.list()
  }

  private between(after_ms: number, until_ms: number): TrackLine[] {
    const found: TrackLine[] = []
    for (let index = Math.floor(after_ms / WINDOW_MS); index <= Math.floor(until_ms / WINDOW_MS); index += 1) {
      for (const item of this.windows.get(index)?.items ?? []) if (item.offset_ms > after_ms && item.offset_ms <= until_ms) found.push(item)
    }
    return found
  }

  private list(): void {
    if (this.last === null) return
    const lines = this.between(this.listedFrom, this.last).slice(-KEPT_LINES)
    if (lines.length === this.lines.length && lines.every((line, nth) => line.key === this.lines[nth]?.key)) return
    this.lines = lines
    for (const watcher of this.watchers) watcher()
  }
}

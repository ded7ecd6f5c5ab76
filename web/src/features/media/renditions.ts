// The renditions of a live stream come and go while it plays: the playlist being played reports which ones there are. Those that
// the list of renditions names already are taken or left as they stand; for others the list has to be read again.
import type Hls from "hls.js"
import type { LevelDetails } from "hls.js"
import type { PlayerState, Rendition } from "./state"

const SOURCE = "source.m3u8"
// The rungs of a ladder come one after the other.
const SETTLED_MS = 4000
// An audience does not read a list in one instant.
const SPREAD_MS = 10_000
// A ladder that comes and goes must not be followed at every turn.
const BETWEEN_MS = 60_000

/** The name of a playlist, which is the same for all viewers. */
export function nameOf(address: string): string {
  return address.split("?")[0]?.split("/").pop() ?? ""
}

/** What there is: the playlist itself and those it reports on. */
export function reported(details: Pick<LevelDetails, "url" | "renditionReports">): Set<string> {
  return new Set([details.url, ...(details.renditionReports ?? []).map((report) => String(report["URI"] ?? ""))].map(nameOf))
}

/** When a list that is out of date is read again. Pure: times are monotonic, ms. */
export class Rereading {
  private since: number | null = null
  private spread_ms = 0
  private lastAt = -BETWEEN_MS

  constructor(private readonly random: () => number) {}

  /** The list misses something, or not. */
  misses(something: boolean, now: number): void {
    if (!something) this.since = null
    else if (this.since === null) {
      this.since = now
      this.spread_ms = this.random() * SPREAD_MS
    }
  }

  /** True once, at a good moment: at once when nobody sees the picture move. */
  due(now: number, moving: boolean): boolean {
    if (this.since === null || now - this.lastAt < BETWEEN_MS) return false
    if (now - this.since < SETTLED_MS + (moving ? this.spread_ms : 0)) return false
    this.since = null
    this.lastAt = now
    return true
  }
}

export class Renditions {
  /** The viewer's choice, by name: taken up again when it was gone, and behind a rebuild. */
  private wish: string | null = null
  private hls: Hls | null = null
  private there = new Set<string>()
  private told: readonly Rendition[] = []
  private readonly rereading = new Rereading(Math.random)

  constructor(private readonly tell: (change: Pick<PlayerState, "renditions" | "chosen">) => void) {}

  /** Begins anew with a player, or with none. */
  follow(hls: Hls | null, events?: typeof Hls.Events): void {
    this.hls = hls
    this.there = new Set()
    this.rereading.misses(false, 0)
    if (!hls || !events) return
    hls.on(events.MANIFEST_PARSED, () => { if (hls === this.hls) this.say(hls) })
    hls.on(events.LEVEL_UPDATED, (_name, { details }) => { if (hls === this.hls) this.see(hls, reported(details)) })
    hls.on(events.LEVEL_SWITCHING, () => { if (hls === this.hls) this.say(hls) })
  }

  /** A rendition of the state's list, or -1 for what the network carries. */
  choose(index: number): void {
    const level = this.hls?.levels[index]
    this.wish = level ? nameOf(level.uri) : null
    if (!this.hls) return
    this.hls.nextLevel = level ? index : -1
    this.say(this.hls)
  }

  /** The list of renditions should be read again, now. */
  isStale(now: number, moving: boolean): boolean {
    return this.rereading.due(now, moving)
  }

  private see(hls: Hls, there: Set<string>): void {
    const before = this.there
    this.there = there
    for (const level of hls.levels) {
      const name = nameOf(level.uri)
      // hls.js keeps away from levels that failed.
      if (!there.has(name)) level.loadError ||= 1
      else if (!before.has(name)) level.loadError = 0
    }
    const names = hls.levels.map((level) => nameOf(level.uri))
    this.rereading.misses([...there].some((name) => !names.includes(name)), performance.now())
    // Only when it comes: what then fails is hls.js's to leave.
    const wished = this.wish !== null && there.has(this.wish) && !before.has(this.wish) ? names.indexOf(this.wish) : -1
    if (wished >= 0 && hls.manualLevel !== wished) hls.nextLevel = wished
    this.say(hls)
  }

  private say(hls: Hls): void {
    const there = hls.levels.map((level, index) => ({ level, index })).filter(({ level }) => this.there.has(nameOf(level.uri)))
    const all = there.map(({ level, index }): Rendition => {
      const height = level.height > 0 ? level.height : null
      return { index, height, kbps: Math.round(level.bitrate / 1000), source: nameOf(level.uri) === SOURCE }
    })
    const renditions = all.length > 1 ? all.sort((a, b) => b.kbps - a.kbps) : []
    // The same list stays the same object: whoever shows it is told of changes only.
    if (JSON.stringify(renditions) !== JSON.stringify(this.told)) this.told = renditions
    this.tell({ renditions: this.told, chosen: hls.manualLevel })
  }
}

/** The shown frame stands where the picture is made anew. */
export function keepFrame(video: HTMLVideoElement): void {
  const canvas = document.createElement("canvas")
  canvas.width = Math.min(video.videoWidth, 1280)
  canvas.height = Math.round((canvas.width * video.videoHeight) / Math.max(1, video.videoWidth))
  if (canvas.width === 0 || canvas.height === 0) return
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height)
  video.poster = canvas.toDataURL("image/jpeg", 0.9)
}

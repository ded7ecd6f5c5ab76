// What a player tells the page, live or recorded.

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

export interface Rendition {
  index: number
  height: number | null
  kbps: number
  /** The encoder's own picture, whatever its size is now. */
  source?: boolean
}

export interface PlayerState {
  phase: PlayerPhase
  /** The browser allowed playing only without sound. */
  silenced: boolean
  /** How often the picture was rebuilt. */
  rebuilds: number
  /** Stalls of over 200 ms after the first frame. */
  stalls: number
  /** The last failure, for the tooltip and for reports. */
  failure: string | null
  /** Why this browser will not show it however often it is tried. */
  unsupported: "browser" | "codec" | null
  /** It plays and there is no picture in it. */
  audioOnly: boolean
  /** What there is to choose from; one or none is no choice. */
  renditions: readonly Rendition[]
  /** The viewer's choice, -1 for automatic. */
  chosen: number
}

export const IDLE: PlayerState = {
  phase: "idle", silenced: false, rebuilds: 0, stalls: 0, failure: null, unsupported: null, audioOnly: false, renditions: [], chosen: -1,
}

const CODEC_FAILURES = ["bufferAddCodecError", "bufferIncompatibleCodecsError", "manifestIncompatibleCodecsError"]

/** This browser has no decoder for it; trying again shows nothing. */
export function isCodecFailure(details: string): boolean {
  return CODEC_FAILURES.includes(details)
}

/** State with watchers, told only of changes. */
export class Told<State extends object> {
  private readonly watchers = new Set<() => void>()

  constructor(public state: State) {}

  on = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => { this.watchers.delete(watcher) }
  }

  change(change: Partial<State>): void {
    const next = { ...this.state, ...change }
    const same = (Object.keys(change) as (keyof State)[]).every((key) => this.state[key] === next[key])
    this.state = next
    if (!same) for (const watcher of this.watchers) watcher()
  }
}

/** Plays; where the browser allows no sound, without. */
export async function playAllowed(video: HTMLVideoElement, silenced: () => void, refused: () => void): Promise<void> {
  try {
    await video.play()
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return
    if (video.muted) {
      refused()
      return
    }
    video.muted = true
    silenced()
    await playAllowed(video, silenced, refused)
  }
}

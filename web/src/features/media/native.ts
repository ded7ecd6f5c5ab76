// What there is to know where the browser itself plays HLS (older iPhones): it tells neither segments nor why it failed.

/**
 * The program date-time shown, ms since 1970, of a browser that says when its position 0 was (`getStartDate`).
 *
 * WebKit works that date out anew at each question, so it stays right when the stream was away and positions went on without a
 * hole. Who answers the same before and after an outage is not believed any more.
 */
export class NativeClock {
  private start: number | null = null
  private disbelieved: number | null = null

  /** The stream is away. */
  outage(): void {
    this.disbelieved = this.start
  }

  /** Another source, with a timeline of its own. */
  reset(): void {
    this.start = this.disbelieved = null
  }

  shownAt(start_ms: number | undefined, position_s: number): number | null {
    if (start_ms === undefined || Number.isNaN(start_ms)) return null
    this.start = start_ms
    if (start_ms === this.disbelieved) return null
    return start_ms + position_s * 1000
  }
}

/** `getStartDate` of browsers that have it, ms since 1970. */
export function startDate(video: HTMLVideoElement): number | undefined {
  return (video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.().getTime()
}

/** The element says that it cannot play, and not why. What the playlist answers says more: a status, 0 without an answer. */
export async function statusOf(playlist: string): Promise<number> {
  try {
    return (await fetch(playlist, { cache: "no-store" })).status
  } catch {
    return 0
  }
}

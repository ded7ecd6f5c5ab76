// Which lane a flying danmaku takes, so that none overtakes another. Pure.

interface Tail {
  at: number
  width: number
}

export class Lanes {
  private tails: (Tail | null)[] = []

  constructor(private readonly duration_ms: number, private readonly gap = 24) {}

  resize(lanes: number): void {
    this.tails = Array.from({ length: Math.max(lanes, 0) }, (_, lane) => this.tails[lane] ?? null)
  }

  clear(): void {
    this.tails = this.tails.map(() => null)
  }

  /** The first free lane for a text this wide entering now, or null when all are taken. */
  place(now: number, width: number, stage: number): number | null {
    const lane = this.tails.findIndex((tail) => tail === null || this.free(tail, now, width, stage))
    if (lane < 0) return null
    this.tails[lane] = { at: now, width }
    return lane
  }

  // Everything crosses in the same time, so longer texts are faster: the tail must be in, and must be out before our head arrives.
  private free(tail: Tail, now: number, width: number, stage: number): boolean {
    const entered = tail.at + ((tail.width + this.gap) / (stage + tail.width)) * this.duration_ms
    const headArrives = now + (stage / (stage + width)) * this.duration_ms
    return now >= entered && headArrives >= tail.at + this.duration_ms
  }
}

// The server's clock as this browser can know it: the answer of the shortest round trip, halved.

export interface Sample {
  /** Our clock when asking and when answered, ms. */
  asked: number
  answered: number
  /** The server's clock in between. */
  server: number
}

const SAMPLES = 5
const PAUSE_MS = 400
const AGAIN_MS = 10 * 60_000

/** Server clock minus ours, ms. */
export function bestOffset(samples: readonly Sample[]): number | null {
  let best: Sample | null = null
  for (const sample of samples) {
    if (sample.answered < sample.asked) continue
    if (!best || sample.answered - sample.asked < best.answered - best.asked) best = sample
  }
  return best ? best.server - (best.asked + best.answered) / 2 : null
}

export class ServerClock {
  private offset_ms: number | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  start(): void {
    this.stopped = false
    void this.measure()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  /** Null until it is known. */
  now(): number | null {
    return this.offset_ms === null ? null : Date.now() + this.offset_ms
  }

  private async measure(): Promise<void> {
    const samples: Sample[] = []
    for (let nth = 0; nth < SAMPLES && !this.stopped; nth += 1) {
      if (nth > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      const sample = await ask()
      if (sample) samples.push(sample)
      this.offset_ms = bestOffset(samples) ?? this.offset_ms
    }
    if (this.stopped) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.measure(), AGAIN_MS)
  }
}

async function ask(): Promise<Sample | null> {
  try {
    const asked = Date.now()
    const answer = await fetch("/api/time", { cache: "no-store" })
    const answered = Date.now()
    if (!answer.ok) return null
    const { now_ms } = (await answer.json()) as { now_ms?: unknown }
    return typeof now_ms === "number" ? { asked, answered, server: now_ms } : null
  } catch {
    return null
  }
}

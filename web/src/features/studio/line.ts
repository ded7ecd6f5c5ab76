// Measures the line to the server: round trips, and how fast bytes go up.
import { api } from "../../api/client"

// Small: a proxy that buffers requests passes on a whole one at once.
const PIECE = 1 << 18
const AT_ONCE = 3
const PINGS = 8

/** Round trip and jitter (mean difference of neighbours), ms. */
export async function ping(stop: AbortSignal): Promise<{ round_trip_ms: number; jitter_ms: number }> {
  const times: number[] = []
  // The first one also opens the connection.
  for (let n = 0; n <= PINGS; n += 1) {
    const begun = performance.now()
    await fetch("/healthz", { cache: "no-store", signal: stop })
    if (n > 0) times.push(performance.now() - begun)
  }
  const steps = times.slice(1).map((time, n) => Math.abs(time - (times[n] ?? time)))
  return { round_trip_ms: tenths(mean(times)), jitter_ms: tenths(mean(steps)) }
}

/** Sends random bytes, several requests at once, until the time is over or the server has seen enough. */
export async function upload(check: string, ms: number, stop: AbortSignal, told: (mbps: number) => void): Promise<void> {
  const body = random(PIECE)
  // Nothing yet: the server's clock begins here, and not when a proxy has a whole piece together.
  await api.uploadFor(check, new Blob([]), AbortSignal.any([stop, AbortSignal.timeout(25_000)]))
  const begun = performance.now()
  let enough = false
  const sender = async () => {
    while (!enough && !stop.aborted && performance.now() - begun < ms) {
      const answer = await api.uploadFor(check, body, AbortSignal.any([stop, AbortSignal.timeout(25_000)]))
      enough ||= answer.enough
      if (answer.measured) told(answer.measured.kbps / 1000)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sender))
}

function random(bytes: number): Blob {
  const part = 1 << 16
  const pieces = Array.from({ length: bytes / part }, () => crypto.getRandomValues(new Uint8Array(part)))
  return new Blob(pieces, { type: "application/octet-stream" })
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

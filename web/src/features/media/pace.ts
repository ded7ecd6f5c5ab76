// How fast a live picture plays: a little faster when it is behind, a little slower when it runs into the edge. Pure.

export interface Distance {
  /** Seconds behind the live edge. */
  behind_s: number
  /** Where it should be. */
  target_s: number
  /** Seconds that can be played without another byte. */
  buffer_s: number
}

const SLOW = 0.95
// Nobody hears this; browsers keep the pitch.
const STEPS = [[1, 1.1], [0.6, 1.06], [0.25, 1.03]] as const
// Once catching up, it goes on until it is there: no toggling around a limit.
const ARRIVED_S = 0.08
const TOO_CLOSE_S = 0.25
const SAFE_BUFFER_S = 0.35
// Media comes late: slower now is kinder than standing in a moment.
const LOW_BUFFER_S = 0.15

export function pace({ behind_s, target_s, buffer_s }: Distance, now: number): number {
  const late_s = behind_s - target_s
  if (late_s < -TOO_CLOSE_S || (now < 1 && late_s < 0)) return SLOW
  if (buffer_s < LOW_BUFFER_S || (now < 1 && buffer_s < SAFE_BUFFER_S)) return SLOW
  if (buffer_s < SAFE_BUFFER_S) return 1
  for (const [late, rate] of STEPS) if (late_s > late) return rate
  return now > 1 && late_s > ARRIVED_S ? 1.03 : 1
}

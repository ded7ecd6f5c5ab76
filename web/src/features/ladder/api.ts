// The routes of a room's bit-rate ladder.
import { ask } from "../../api/client"
import type { components } from "../../api/schema"

export type LadderState = "idle" | "starting" | "running" | "nothing_below" | "no_capacity" | "ffmpeg_missing" | "too_slow" | "waiting"
export type Ladder = Omit<components["schemas"]["LadderBody"], "state"> & { state: LadderState }
export type Rung = Ladder["renditions"][number]

export interface LadderChange {
  enabled: boolean
  rungs: number[]
}

const of = (room: string) => `/api/rooms/${encodeURIComponent(room)}/ladder`

export const ladderApi = {
  read: (room: string) => ask<Ladder>("GET", of(room)),
  change: (room: string, change: LadderChange) => ask<Ladder>("PUT", of(room), change),
}

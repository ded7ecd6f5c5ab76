// A room's or broadcast's state as a pill shows it.
import type { BroadcastState, Room } from "../../api/types"
import type { Tone } from "../../ui/Pill"

export type ShownState = "live" | "interrupted" | "paused" | "off"

export function shownState(room: Pick<Room, "live" | "broadcast_state">): ShownState {
  if (!room.live) return "off"
  return room.broadcast_state === "interrupted" || room.broadcast_state === "paused" ? room.broadcast_state : "live"
}

/** What the picture is made from, where it is not the usual. */
export function unusualSource(room: Pick<Room, "live" | "source">): "backup" | "slate" | null {
  return room.live && (room.source === "backup" || room.source === "slate") ? room.source : null
}

export function ofBroadcast(state: BroadcastState): ShownState {
  return state === "ended" ? "off" : state
}

export const TONES: Record<ShownState, Tone> = { live: "live", interrupted: "warn", paused: "warn", off: "quiet" }

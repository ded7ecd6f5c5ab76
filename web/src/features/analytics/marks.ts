// What is marked on the curve. Unknown kinds are not drawn.
import type { Marker } from "../../api/types"

export type MarkName = "started" | "ended" | "lost" | "resumed"

export interface Mark {
  at: number
  name: MarkName
}

/** A stream's first arrival is the start; a later one means it came back. */
export function marksOf(markers: readonly Marker[]): Mark[] {
  let lost = false
  const marks: Mark[] = []
  for (const { at, kind } of markers) {
    if (kind === "broadcast_started") marks.push({ at, name: "started" })
    else if (kind === "broadcast_ended") marks.push({ at, name: "ended" })
    else if (kind === "stream_lost") {
      lost = true
      marks.push({ at, name: "lost" })
    } else if (kind === "stream_published" && lost) {
      lost = false
      marks.push({ at, name: "resumed" })
    }
  }
  return marks
}

// What is marked on the curve.
import type { Marker } from "../../api/types"

export type MarkName = "started" | "ended" | "lost" | "resumed"

export interface Mark {
  at: number
  name: MarkName
}

/** A stream's first arrival is the start; a later one means it came back. */
export function marksOf(markers: readonly { at: number; kind: Marker["kind"] }[]): Mark[] {
  let lost = false
  const marks: Mark[] = []
  for (const { at, kind } of markers) {
    switch (kind) {
      case "broadcast_started": marks.push({ at, name: "started" }); break
      case "broadcast_ended": marks.push({ at, name: "ended" }); break
      case "stream_lost":
        lost = true
        marks.push({ at, name: "lost" })
        break
      case "stream_published":
        if (lost) marks.push({ at, name: "resumed" })
        lost = false
        break
    }
  }
  return marks
}

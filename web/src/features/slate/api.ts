// The routes of sources and slates.
import { ask, send } from "../../api/client"
import type { Slate, SlateKind, Sources, Wanted } from "./types"

const of = (room: string) => `/api/rooms/${encodeURIComponent(room)}`

export const slateApi = {
  sources: (room: string) => ask<Sources>("GET", `${of(room)}/source`),
  choose: (room: string, to: Wanted) => ask<Sources>("POST", `${of(room)}/source`, { to }),
  slate: (room: string) => ask<Slate>("GET", `${of(room)}/slate`),
  change: (room: string, change: { enabled: boolean; kind: SlateKind; after_ms: number }) => ask<Slate>("PUT", `${of(room)}/slate`, change),
  upload: (room: string, file: Blob) => send<Slate>("PUT", `${of(room)}/slate/file`, file),
  /** `version` changes with the picture. */
  preview: (room: string, version: string) => `${of(room)}/slate/preview?v=${encodeURIComponent(version)}`,
}

// The patrol as the server tells of it.
import { ask, send } from "../../api/client"
import type { components } from "../../api/schema"

type Schemas = components["schemas"]
export type Tile = Schemas["PatrolTile"]
export type Shown = Schemas["PatrolRoom"]
export type Finding = Schemas["PatrolFinding"]
export type Sample = Schemas["PatrolSample"]
export type Level = Schemas["PatrolLevel"]
export type Said = Schemas["TranscriptLine"]
export type Warning = Schemas["HostWarning"]
export interface NewSample { name: string; category: string; level: Level }

const room = (id: string) => `/api/patrol/rooms/${encodeURIComponent(id)}`
const of = (warnings: string) => `/api/rooms/${encodeURIComponent(warnings)}/warnings`

/** An address whose picture never changes. */
export const frameOf = (id: string, frame: number) => `${room(id)}/frames/${String(frame)}`
export const pictureOf = (finding: string) => `/api/patrol/findings/${finding}/picture`

export const LINES = 200

export const patrol = {
  wall: () => ask<Schemas["PatrolWall"]>("GET", "/api/patrol/wall"),
  room: (id: string) => ask<Shown>("GET", room(id)),
  warn: (id: string, warning: { broadcast: string; text: string; finding?: string }) => ask<Warning>("POST", `${room(id)}/warnings`, warning),
  interrupt: (id: string, why: { broadcast: string; clause: string; why: string; finding?: string }) => ask("POST", `${room(id)}/interruption`, why),
  decide: (finding: string, decision: { outcome: "confirmed" | "dismissed"; sample?: NewSample }) => ask<Finding>("POST", `/api/patrol/findings/${finding}/decision`, decision),
  transcript: (broadcast: string, q: string, after?: string) => ask<{ items: Said[]; next?: string | null }>("GET",
    `/api/broadcasts/${broadcast}/transcript?${new URLSearchParams({ q, limit: String(LINES), ...(after ? { after } : {}) }).toString()}`),
  samples: (after?: string) => ask<{ items: Sample[]; next?: string | null }>("GET", `/api/patrol/samples${after ? `?after=${after}` : ""}`),
  add: ({ name, category, level }: NewSample, file: Blob) => send<Sample>("POST", `/api/patrol/samples?${new URLSearchParams({ name, category, level }).toString()}`, file),
  enable: (sample: string, enabled: boolean) => ask<Sample>("PATCH", `/api/patrol/samples/${sample}`, { enabled }),
  remove: (sample: string) => ask("DELETE", `/api/patrol/samples/${sample}`),
  take: (file: Blob) => send<Schemas["SamplesTaken"]>("POST", "/api/patrol/samples/import", file),
  heard: (id: string) => ask<Schemas["HostWarnings"]>("GET", of(id)),
  acknowledge: (id: string, warning: string) => ask<Warning>("POST", `${of(id)}/${warning}/acknowledgement`),
}

// Shapes of the routes of sources and slates.
import type { StreamSource } from "../../api/types"

export type Wanted = "auto" | StreamSource

export interface Source {
  source: "primary" | "backup"
  connected: boolean
  /** Media came a moment ago. */
  flowing: boolean
  /** A switch to it shows a picture at once. */
  ready: boolean
  video_codec?: string | null
  audio_codec?: string | null
  width?: number | null
  height?: number | null
}

export interface Sources {
  on_air?: StreamSource | null
  wanted: Wanted
  sources: Source[]
  push_port?: number | null
}

export type SlateKind = "built_in" | "upload" | "last_frame"

export interface Slate {
  enabled: boolean
  kind: SlateKind
  after_ms: number
  upload?: { id: string; media: "image" | "video"; width: number; height: number; duration_ms: number; bytes: number; uploaded_at: number } | null
}

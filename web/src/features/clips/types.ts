// Recordings and clips as the server tells them. Offsets count from the show's beginning, in ms.

export interface Recording {
  /** `off`: the show runs, and the room's rule is not to record it. */
  state: "recording" | "off" | "complete" | "removed" | "none"
  /** Why it should be recorded and is not. */
  failing?: string | null
  duration_ms: number
  bytes: number
  pieces: { start_ms: number; end_ms: number }[]
  /** ms since 1970. */
  keep_until?: number | null
  /** What the object store does not have yet; absent without one. */
  uploading_bytes?: number | null
  /** Clips that are being cut or wait for it, of all shows. */
  cutting: number
}

/** How a room's shows are recorded and kept. 0 days or GB: no limit. */
export interface RecordingRule {
  enabled: boolean
  keep_days: number
  keep_gb: number
  replays_public: boolean
}

export interface Clip {
  id: string
  broadcast_id: string
  title: string
  start_ms: number
  end_ms: number
  duration_ms: number
  bytes: number
  created_at: number
}

export interface Reason {
  kind: "danmaku" | "gift" | "like"
  value: number
  usual: number
}

export interface Highlight {
  at_ms: number
  start_ms: number
  end_ms: number
  score: number
  reasons: Reason[]
}

export interface Thumbnail {
  at_ms: number
  url: string
}

// Recordings and clips as the server tells them. Offsets count from the show's beginning, in ms.

export interface Recording {
  state: "recording" | "complete" | "removed" | "none"
  /** Why it should be recorded and is not. */
  failing?: string | null
  duration_ms: number
  bytes: number
  pieces: { start_ms: number; end_ms: number }[]
  /** ms since 1970. */
  keep_until?: number | null
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

// The shapes the server speaks. Times are integers, milliseconds since 1970, and end in `_at` or are named `at`.

export interface User {
  id: string
  login: string
  name: string
}

export interface Session {
  user: User
  must_change_password: boolean
}

export interface Named {
  id: string
  name: string
}

export interface Me {
  /** Absent when a program's token asks. */
  user?: User
  /** Login of the person or name of the token. */
  name: string
  role: string
  /** Empty while the password must be changed. */
  permissions: string[]
  must_change_password: boolean
  org: Named | null
  /** Absent when the whole organisation is in reach. */
  team?: Named
}

export interface Room {
  id: string
  title: string
  private: boolean
  live: boolean
  /** Current or last broadcast. */
  broadcast_id: string | null
  broadcast_state?: BroadcastState | null
  /** Of the open broadcast. */
  started_at?: number | null
  created_at: number
  online: number | null
}

export interface RoomWithKey extends Room {
  /** Shown once, never readable again. */
  stream_key: string
}

/** interrupted: the connection broke; paused: the encoder said goodbye and may return. */
export type BroadcastState = "live" | "interrupted" | "paused" | "ended"

export interface Broadcast {
  id: string
  room_id: string
  title: string
  state: BroadcastState
  started_at: number
  ended_at: number | null
  source: "stream" | "import"
  platform?: string | null
}

export interface PublicRoom {
  id: string
  title: string
  live: boolean
  broadcast_id: string | null
  private: boolean
}

export interface ViewerToken {
  token: string
  viewer_id: string
  entry_id: string
  expires_at: number
  playlist: string
  socket: string
  heartbeat_ms: number
}

export interface Metric {
  id: string
  live: number | null
  settled: number | null
  unit: string
  as_of: number
}

export interface MetricDefinition {
  id: string
  zh: string
  en: string
  unit: string
  direction: string
  formula: string
  live?: boolean
}

export interface Tile {
  id: string
  zh: string
  en: string
  unit: string
  value: number | null
  last_10m: number | null
  previous_10m: number | null
  /** Minutes, oldest first; empty when the metric does not apply. */
  spark: number[]
  as_of: number
}

export type Point = [at: number, value: number | null]

export type MarkerKind = string

export interface Marker {
  at: number
  kind: MarkerKind
}

export interface Series {
  step_s: number
  from: number
  to: number
  ids: Record<string, Point[]>
  markers: Marker[]
}

export interface DanmakuItem {
  position: number
  at: number
  offset_ms: number | null
  viewer: string
  nick: string | null
  text: string
  mode: number
  color: number
  before_air: boolean
  source: string
}

export interface DanmakuPage {
  items: DanmakuItem[]
  /** Absent on the last page. */
  next?: string | null
}

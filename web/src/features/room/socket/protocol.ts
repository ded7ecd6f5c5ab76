// The frames of docs/PROTOCOL.md. Unknown types and fields are ignored.
import type { StreamSource } from "../../../api/types"

export interface Danmaku {
  pos: number
  at: number
  text: string
  nick?: string
  mode?: number
  color?: number
  size?: number
  imported?: boolean
}

export interface RoomEvent {
  pos: number
  at: number
  type: string
  data?: Record<string, unknown>
  imported?: boolean
}

export interface Limits {
  danmaku_chars: number
  heartbeat_ms: number
}

/** How speaking goes: shown at once, shown when a person let it through, not at all. */
export type ChatMode = "after_review" | "before_review" | "off"

export const isChatMode = (mode: unknown): mode is ChatMode => mode === "after_review" || mode === "before_review" || mode === "off"

export interface Hello {
  type: "hello"
  title: string
  live: boolean
  broadcast?: string | null
  source?: StreamSource | null
  now: number
  online: number
  likes: number
  mode?: ChatMode
  seq: number
  resumed: boolean
  events: RoomEvent[]
  danmaku: Danmaku[]
  limits?: Partial<Limits>
}

export interface Tick {
  type: "tick"
  seq?: number
  prev?: number
  events?: RoomEvent[]
  danmaku?: Danmaku[]
  rate?: number
  likes?: number
  online?: number
}

export interface Ack {
  type: "ack"
  id: string
  pos: number
  /** Nobody sees it before a person has let it through; `reviewed` follows. */
  held?: boolean
}

export interface Refused {
  type: "refused"
  id: string
  code: string
  detail?: string
  retry_ms?: number
  clause?: string
  until?: number
}

/** What became of an own danmaku that was held. */
export interface Reviewed {
  type: "reviewed"
  id: string
  outcome: "pass" | "reject"
  clause?: string
}

/** What was decided about this viewer; without `until` for good. */
export interface Sanctioned {
  type: "sanctioned"
  kind: "warn" | "mute" | "kick" | "ban"
  clause: string
  until?: number
}

export type ServerFrame = Hello | Tick | Ack | Refused | Reviewed | Sanctioned | { type: "error"; code: string; detail?: string }

export function parse(text: string): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    if (typeof frame !== "object" || frame === null || !("type" in frame)) return null
    const known = ["hello", "tick", "ack", "refused", "reviewed", "sanctioned", "error"]
    return known.includes(String(frame.type)) ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}

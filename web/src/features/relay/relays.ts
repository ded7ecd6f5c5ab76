// Relay targets as the server tells them, and the platforms whose push addresses are public.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"
import type { Tone } from "../../ui/Pill"

export type RelayState = "idle" | "connecting" | "live" | "waiting" | "refused" | "stopped"

export interface Relay {
  id: string
  room_id: string
  name: string
  url: string
  has_key: boolean
  enabled: boolean
  state: RelayState
  since: number | null
  bitrate_kbps: number
  sent_bytes: number
  dropped_frames: number
  reconnects: number
  last_error: { code: string; text: string } | null
  next_try_at: number | null
  created_at: number
}

export interface RelayFields {
  name: string
  url: string
  stream_key?: string
}

const of = (relay: string) => `/api/relays/${encodeURIComponent(relay)}`

export const relays = {
  list: (room: string) => ask<Page<Relay>>("GET", `/api/rooms/${encodeURIComponent(room)}/relays`),
  create: (room: string, fields: RelayFields) => ask<Relay>("POST", `/api/rooms/${encodeURIComponent(room)}/relays`, fields),
  change: (relay: string, fields: Partial<RelayFields>) => ask<Relay>("PATCH", of(relay), fields),
  start: (relay: string) => ask<Relay>("POST", `${of(relay)}/start`),
  stop: (relay: string) => ask<Relay>("POST", `${of(relay)}/stop`),
  remove: (relay: string) => ask<undefined>("DELETE", of(relay)),
}

export const TONES: Record<RelayState, Tone> = {
  idle: "quiet", connecting: "warn", live: "live", waiting: "warn", refused: "warn", stopped: "quiet",
}

/** Reasons the screen has words for; another is shown as the server says it. */
export const REASONS = [
  "unknown_host", "private_address", "no_connection", "timeout", "tls", "refused", "protocol",
  "connection_lost", "connection_closed", "no_answer", "not_taken", "unreadable",
] as const

export type Reason = (typeof REASONS)[number]

export function isReason(code: string): code is Reason {
  return (REASONS as readonly string[]).includes(code)
}

export interface Preset {
  key: "custom" | "douyin" | "kuaishou" | "bilibili" | "channels" | "youtube" | "twitch"
  /** Empty: the platform hands out an address per show. */
  url: string
}

export const PRESETS: Preset[] = [
  { key: "douyin", url: "" },
  { key: "kuaishou", url: "" },
  { key: "bilibili", url: "rtmp://live-push.bilivideo.com/live-bvc" },
  { key: "channels", url: "" },
  { key: "youtube", url: "rtmps://a.rtmps.youtube.com/live2" },
  { key: "twitch", url: "rtmp://live.twitch.tv/app" },
  { key: "custom", url: "" },
]

/** 1.2 GB, 340 MB, 12 KB. */
export function size(bytes: number): string {
  const steps = [["GB", 1e9], ["MB", 1e6], ["KB", 1e3]] as const
  const [unit, step] = steps.find(([, step]) => bytes >= step) ?? ["B", 1]
  const value = bytes / step
  return `${value >= 100 || step === 1 ? value.toFixed(0) : value.toFixed(1)} ${unit}`
}

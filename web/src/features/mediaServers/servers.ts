// Outside media servers as the server tells them, and the lines that go into their configuration.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"
import type { Tone } from "../../ui/Pill"

export type Kind = "srs" | "nginx_rtmp" | "mediamtx"
export type Mode = "pull" | "forward"

export interface MediaServer {
  id: string
  name: string
  kind: Kind
  mode: Mode
  /** Without what follows its `?`, which is never shown. */
  pull_url: string | null
  has_query: boolean
  allowed_ips: string[]
  created_at: number
  streams: number
  outside_plays: number
}

export interface NewMediaServer extends MediaServer {
  secret: string
  hook_path: string
  push_port: number
}

export type StreamState = "awaited" | "forwarded" | "connecting" | "live" | "waiting" | "replaced"

export interface CarriedStream {
  room_id: string
  app: string
  name: string
  state: StreamState
  published_at: number
  since: number | null
  received_bytes: number
  bitrate_kbps: number
  reconnects: number
  last_error: { code: string; text: string } | null
}

export interface Fields {
  name: string
  kind: Kind
  mode: Mode
  pull_url?: string
  allowed_ips: string[]
}

const of = (server: string) => `/api/media-servers/${encodeURIComponent(server)}`

export const servers = {
  list: () => ask<Page<MediaServer>>("GET", "/api/media-servers"),
  create: (fields: Fields) => ask<NewMediaServer>("POST", "/api/media-servers", fields),
  change: (server: string, fields: Omit<Fields, "kind">) => ask<MediaServer>("PATCH", of(server), fields),
  rotate: (server: string) => ask<NewMediaServer>("POST", `${of(server)}/secret`),
  remove: (server: string) => ask<undefined>("DELETE", of(server)),
  streams: (server: string) => ask<Page<CarriedStream>>("GET", `${of(server)}/streams`),
}

export const TONES: Record<StreamState, Tone> = { awaited: "warn", forwarded: "live", connecting: "warn", live: "live", waiting: "warn", replaced: "quiet" }

/** Reasons the screen has words for; another is shown as the server says it. */
export const REASONS = [
  "unknown_host", "own_address", "no_connection", "timeout", "tls", "refused", "protocol",
  "connection_lost", "connection_closed", "silent", "not_taken", "bad_pull_url", "not_arrived",
] as const

export type Reason = (typeof REASONS)[number]

export function isReason(code: string): code is Reason {
  return (REASONS as readonly string[]).includes(code)
}

export const KINDS: Record<Kind, string> = { srs: "SRS", nginx_rtmp: "nginx-rtmp", mediamtx: "MediaMTX" }

/** Ready to paste. Lines the server's own documentation names; the hook's address and, for `forward`, `push` (host and port) are ours. */
export function configLines(kind: Kind, mode: Mode, hook: string, push: string): string {
  const forward = mode === "forward"
  switch (kind) {
    case "srs": return srs(hook, forward ? push : null)
    case "nginx_rtmp": return nginx(hook, forward ? push : null)
    case "mediamtx": return mediamtx(hook, forward ? push : null)
  }
}

const srs = (hook: string, push: string | null) => `vhost __defaultVhost__ {
    http_hooks {
        enabled         on;
        on_publish      ${hook};
        on_unpublish    ${hook};
        on_play         ${hook};
        on_stop         ${hook};
    }${push === null ? "" : `
    forward {
        enabled         on;
        destination     ${push};
    }`}
}`

const nginx = (hook: string, push: string | null) => `application live {
    live on;
    notify_method post;
    on_publish       ${hook};
    on_publish_done  ${hook};
    on_play          ${hook};
    on_play_done     ${hook};${push === null ? "" : `
    # Passes on the name alone: encoders push with the stream key as name.
    push             rtmp://${push}/live;
    # For any name with ?key=, this in its place (needs ffmpeg):
    # exec_push ffmpeg -v error -i rtmp://127.0.0.1/live/$name?$args -c copy -f flv rtmp://${push}/live/$name?$args;`}
}`

const mediamtx = (hook: string, push: string | null) => `authMethod: http
authHTTPAddress: ${hook}
authHTTPExclude:
  - action: api
  - action: metrics
  - action: pprof
pathDefaults:
  # Older versions say runOnReady and runOnNotReady.${push === null ? "" : `
  runOnAvailable: ffmpeg -v error -i rtsp://127.0.0.1:$RTSP_PORT/$MTX_PATH?$MTX_QUERY -c copy -f flv rtmp://${push}/$MTX_PATH?$MTX_QUERY
  runOnAvailableRestart: yes`}
  runOnUnavailable: curl -s -d event=unpublish -d "path=$MTX_PATH" -d "id=$MTX_SOURCE_ID" ${hook}
  runOnUnread: curl -s -d event=stop -d "path=$MTX_PATH" -d "query=$MTX_QUERY" ${hook}`

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
  pull_url: string | null
  allowed_ips: string[]
  created_at: number
  streams: number
  outside_plays: number
}

export interface NewMediaServer extends MediaServer {
  secret: string
  hook_path: string
}

export type StreamState = "forwarded" | "connecting" | "live" | "waiting" | "replaced"

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

export const TONES: Record<StreamState, Tone> = { forwarded: "live", connecting: "warn", live: "live", waiting: "warn", replaced: "quiet" }

export const KINDS: Record<Kind, string> = { srs: "SRS", nginx_rtmp: "nginx-rtmp", mediamtx: "MediaMTX" }

/** Ready to paste. Lines the server's own documentation names; nothing but the hook's address is ours. */
export function configLines(kind: Kind, hook: string): string {
  switch (kind) {
    case "srs":
      return `vhost __defaultVhost__ {
    http_hooks {
        enabled         on;
        on_publish      ${hook};
        on_unpublish    ${hook};
        on_play         ${hook};
        on_stop         ${hook};
    }
}`
    case "nginx_rtmp":
      return `application live {
    live on;
    notify_method post;
    on_publish       ${hook};
    on_publish_done  ${hook};
    on_play          ${hook};
    on_play_done     ${hook};
}`
    case "mediamtx":
      return `authMethod: http
authHTTPAddress: ${hook}
authHTTPExclude:
  - action: api
  - action: metrics
  - action: pprof
pathDefaults:
  # Named runOnNotReady before version 2.
  runOnUnavailable: curl -s -d event=unpublish -d "path=$MTX_PATH" ${hook}
  runOnUnread: curl -s -d event=stop -d "path=$MTX_PATH" ${hook}`
  }
}

// The one door to the server. Every call either returns the typed body or throws a `Problem`.
import type {
  Broadcast, DanmakuPage, Me, Metric, MetricDefinition, PublicRoom, Room, RoomWithKey, Series, Session, Tile, ViewerToken,
} from "./types"

/** A refusal (RFC 9457) or, with code `offline`, no answer at all. */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.name = "Problem"
    this.status = status
    this.code = code
  }

  get offline(): boolean {
    return this.code === "offline"
  }
}

type Watcher = (reachable: boolean) => void
const watchers = new Set<Watcher>()

/** Tells whether the last call reached the server; the shell shows its banner by this. */
export function onReachability(watcher: Watcher): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function report(reachable: boolean) {
  for (const watcher of watchers) watcher(reachable)
}

interface Options {
  body?: unknown
  query?: Record<string, string | number | undefined>
  signal?: AbortSignal
}

async function call<T>(method: string, path: string, { body, query, signal }: Options = {}): Promise<T> {
  const url = new URL(path, location.origin)
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value))
  let response: Response
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    report(false)
    throw new Problem(0, "offline", "the server cannot be reached")
  }
  // A proxy in front answers these while the server itself is away.
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    report(false)
    throw new Problem(response.status, "offline", "the server cannot be reached")
  }
  report(true)
  const text = await response.text()
  if (!response.ok) throw problem(response.status, text)
  return (text === "" ? undefined : JSON.parse(text)) as T
}

function problem(status: number, text: string): Problem {
  try {
    const body = JSON.parse(text) as { code?: string; detail?: string; title?: string }
    return new Problem(status, body.code ?? `http_${status}`, body.detail ?? body.title ?? "")
  } catch {
    return new Problem(status, `http_${status}`, "")
  }
}

const id = encodeURIComponent

export const api = {
  me: (signal?: AbortSignal) => call<Me>("GET", "/api/me", signal ? { signal } : {}),
  signIn: (login: string, password: string) => call<Session>("POST", "/api/session", { body: { login, password } }),
  signOut: () => call<undefined>("DELETE", "/api/session"),
  changePassword: (current: string, next: string) => call<undefined>("POST", "/api/me/password", { body: { current, new: next } }),

  rooms: (after?: string) => call<{ items: Room[]; next?: string | null }>("GET", "/api/rooms", { query: { after } }),
  room: (room: string) => call<Room>("GET", `/api/rooms/${id(room)}`),
  createRoom: (body: { title: string; private?: boolean }) => call<RoomWithKey>("POST", "/api/rooms", { body }),
  changeRoom: (room: string, body: { title?: string; private?: boolean }) => call<Room>("PATCH", `/api/rooms/${id(room)}`, { body }),
  rotateKey: (room: string) => call<{ stream_key: string }>("POST", `/api/rooms/${id(room)}/stream-key`),
  broadcasts: (room: string) => call<{ items: Broadcast[] }>("GET", `/api/rooms/${id(room)}/broadcasts`),
  broadcast: (broadcast: string) => call<Broadcast>("GET", `/api/broadcasts/${id(broadcast)}`),
  endBroadcast: (broadcast: string) => call<undefined>("POST", `/api/broadcasts/${id(broadcast)}/end`),

  publicRoom: (room: string) => call<PublicRoom>("GET", `/api/public/rooms/${id(room)}`),
  viewerToken: (room: string, token?: string) =>
    call<ViewerToken>("POST", `/api/rooms/${id(room)}/viewer-token`, { body: token ? { token } : {} }),

  dictionary: () => call<MetricDefinition[]>("GET", "/api/metrics/dictionary"),
  metrics: (ids: string[], broadcast: string) => call<Metric[]>("GET", "/api/metrics", { query: { ids: ids.join(","), broadcast } }),
  tiles: (broadcast: string) => call<Tile[]>("GET", "/api/metrics/live", { query: { broadcast } }),
  series: (ids: string[], broadcast: string) => call<Series>("GET", "/api/metrics/series", { query: { ids: ids.join(","), broadcast } }),
  danmaku: (broadcast: string, page: { after?: number; limit?: number; q?: string }) =>
    call<DanmakuPage>("GET", `/api/broadcasts/${id(broadcast)}/danmaku`, { query: { format: "json", ...page } }),
  danmakuFile: (broadcast: string, format: "xml" | "json") => `/api/broadcasts/${id(broadcast)}/danmaku?format=${format}`,
}

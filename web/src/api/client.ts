// The one door to the server, typed by its own description (schema.d.ts). A call returns the body or throws a `Problem`.
import createClient from "openapi-fetch"
import type { paths } from "./schema"
import type { AuditedEntry, Broadcast, DanmakuItem, Page, Room, Series } from "./types"

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

const AWAY = "the server cannot be reached"

async function reach(request: Request): Promise<Response> {
  let response: Response
  try {
    response = await fetch(request)
  } catch (error) {
    if (request.signal.aborted) throw error
    report(false)
    throw new Problem(0, "offline", AWAY)
  }
  // A proxy in front answers these while the server itself is away; the server's own refusals carry a code.
  const ours = response.headers.get("content-type")?.includes("application/problem+json") ?? false
  if (!ours && [502, 503, 504].includes(response.status)) {
    report(false)
    throw new Problem(response.status, "offline", AWAY)
  }
  report(true)
  return response
}

const http = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin", fetch: reach })

interface Answer<Body> {
  data?: Body
  error?: unknown
  response: Response
}

async function body<Body>(answer: Promise<Answer<Body>>): Promise<Body> {
  const { data, error, response } = await answer
  if (!response.ok) throw problem(response.status, error)
  return data as Body
}

function problem(status: number, error: unknown): Problem {
  const told = typeof error === "object" && error !== null ? (error as { code?: string; detail?: string; title?: string }) : {}
  return new Problem(status, told.code ?? `http_${status}`, told.detail ?? told.title ?? "")
}

const at = (id: string) => ({ path: { id } })

export const api = {
  me: (signal?: AbortSignal) => body(http.GET("/api/me", signal ? { signal } : {})),
  signIn: (login: string, password: string) => body(http.POST("/api/session", { body: { login, password } })),
  signOut: () => body(http.DELETE("/api/session")),
  changePassword: (current: string, next: string) => body(http.POST("/api/me/password", { body: { current, new: next } })),

  rooms: (after?: string) => body(http.GET("/api/rooms", { params: { query: after ? { after } : {} } })) as Promise<Page<Room>>,
  room: (room: string) => body(http.GET("/api/rooms/{id}", { params: at(room) })) as Promise<Room>,
  createRoom: (room: { title: string; private: boolean }) => body(http.POST("/api/rooms", { body: room })),
  changeRoom: (room: string, change: { title?: string; private?: boolean }) => body(http.PATCH("/api/rooms/{id}", { params: at(room), body: change })),
  rotateKey: (room: string) => body(http.POST("/api/rooms/{id}/stream-key", { params: at(room) })),
  broadcasts: (room: string) => body(http.GET("/api/rooms/{id}/broadcasts", { params: at(room) })) as Promise<Page<Broadcast>>,
  endBroadcast: (broadcast: string) => body(http.POST("/api/broadcasts/{id}/end", { params: at(broadcast) })),
  viewerToken: (room: string, token?: string) => body(http.POST("/api/rooms/{id}/viewer-token", { params: at(room), body: token ? { token } : {} })),

  dictionary: () => body(http.GET("/api/metrics/dictionary")),
  metrics: (ids: string[], broadcast: string) => body(http.GET("/api/metrics", { params: { query: { ids: ids.join(","), broadcast } } })),
  tiles: (broadcast: string) => body(http.GET("/api/metrics/live", { params: { query: { broadcast } } })),
  series: (ids: string[], broadcast: string) =>
    body(http.GET("/api/metrics/series", { params: { query: { ids: ids.join(","), broadcast } } })) as Promise<Series>,
  danmaku: (broadcast: string, page: { after?: number; limit?: number; q?: string; tail?: number }) =>
    body(http.GET("/api/broadcasts/{id}/danmaku", { params: { ...at(broadcast), query: { format: "json", ...page } } })) as Promise<Page<DanmakuItem> & { total?: number }>,
  audience: (broadcast: string) => body(http.GET("/api/broadcasts/{id}/audience", { params: at(broadcast) })),
  audienceEntries: (broadcast: string, page: { verdict?: string; after?: string; limit?: number }) =>
    body(http.GET("/api/broadcasts/{id}/audience/entries", { params: { ...at(broadcast), query: page } })) as Promise<Page<AuditedEntry>>,
  delivery: (room: string) => body(http.GET("/api/rooms/{id}/delivery", { params: at(room) })),
  setDelivery: (room: string, delivery: { cdn: boolean }) => body(http.PUT("/api/rooms/{id}/delivery", { params: at(room), body: delivery })),
  /** A log as it is: a file is sent as it is read, so that a large one is never in memory. */
  importCdnLog: (broadcast: string, log: Blob) =>
    body(http.POST("/api/broadcasts/{id}/cdn-logs", { params: at(broadcast), body: log as unknown as string, bodySerializer: (log) => log, headers: { "content-type": "text/plain" } })),
  danmakuFile: (broadcast: string, format: "xml" | "json") => `/api/broadcasts/${encodeURIComponent(broadcast)}/danmaku?format=${format}`,
}

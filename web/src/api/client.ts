// The one door to the server, typed by its own description (schema.d.ts). A call returns the body or throws a `Problem`.
import createClient from "openapi-fetch"
import type { paths } from "./schema"
import type { AuditedEntry, Broadcast, BrowserMeasured, Check, CheckKind, DanmakuItem, Dimension, Page, Room, Series, Uploaded, ViewerOrder } from "./types"

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

// Rules that stand beside calls are tested where there is no page.
const http = createClient<paths>({ baseUrl: typeof location === "undefined" ? "" : location.origin, credentials: "same-origin", fetch: reach })

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

/** Of a route that also answers files: this call asks for none. */
const data = <Body>(answer: Promise<Body>): Promise<Exclude<Body, string>> => answer as Promise<Exclude<Body, string>>

function problem(status: number, error: unknown): Problem {
  const told = typeof error === "object" && error !== null ? (error as { code?: string; detail?: string; title?: string }) : {}
  return new Problem(status, told.code ?? `http_${status}`, told.detail ?? told.title ?? "")
}

/** A call of a route whose shapes stand with its feature. */
export async function ask<Body>(method: string, path: string, send?: unknown): Promise<Body> {
  const told = send === undefined ? {} : { body: JSON.stringify(send), headers: { "content-type": "application/json" } }
  return answered(new Request(new URL(path, location.origin), { method, credentials: "same-origin", ...told }))
}

/** The same for a file. */
export async function send<Body>(method: string, path: string, file: Blob): Promise<Body> {
  const told = { body: file, headers: { "content-type": "application/octet-stream" } }
  return answered(new Request(new URL(path, location.origin), { method, credentials: "same-origin", ...told }))
}

async function answered<Body>(request: Request): Promise<Body> {
  const response = await reach(request)
  const text = await response.text()
  const value: unknown = text === "" ? undefined : JSON.parse(text)
  if (!response.ok) throw problem(response.status, value)
  return value as Body
}

const at = (id: string) => ({ path: { id } })

/** Files of the danmaku archive 弹幕: tables, subtitles over the recording, and what recorders write. */
export const DANMAKU_FORMATS = ["xlsx", "csv", "ass", "xml", "json"] as const
export type DanmakuFormat = (typeof DANMAKU_FORMATS)[number]

export const api = {
  me: (signal?: AbortSignal) => body(http.GET("/api/me", signal ? { signal } : {})),
  signIn: (login: string, password: string, code?: string) => body(http.POST("/api/session", { body: { login, password, ...(code === undefined ? {} : { code }) } })),
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

  checks: (room: string) => body(http.GET("/api/rooms/{id}/checks", { params: at(room) })),
  openCheck: (room: string, kind: CheckKind) => body(http.POST("/api/rooms/{id}/checks", { params: at(room), body: { kind } })) as Promise<Check>,
  check: (check: string) => body(http.GET("/api/checks/{id}", { params: at(check) })) as Promise<Check>,
  finishCheck: (check: string, measured: BrowserMeasured) => body(http.POST("/api/checks/{id}/browser", { params: at(check), body: measured })) as Promise<Check>,
  uploadFor: (check: string, bytes: Blob, signal: AbortSignal) =>
    body(http.POST("/api/checks/{id}/upload", { params: at(check), body: bytes as never, bodySerializer: () => bytes, headers: { "content-type": "application/octet-stream" }, signal })) as Promise<Uploaded>,

  dictionary: () => body(http.GET("/api/metrics/dictionary")),
  metrics: (ids: string[], broadcast: string) => body(http.GET("/api/metrics", { params: { query: { ids: ids.join(","), broadcast } } })),
  tiles: (broadcast: string) => body(http.GET("/api/metrics/live", { params: { query: { broadcast } } })),
  series: (ids: string[], broadcast: string) =>
    body(http.GET("/api/metrics/series", { params: { query: { ids: ids.join(","), broadcast } } })) as Promise<Series>,
  danmaku: (broadcast: string, page: { after?: number; limit?: number; q?: string; tail?: number; from_ms?: number; to_ms?: number }) =>
    body(http.GET("/api/broadcasts/{id}/danmaku", { params: { ...at(broadcast), query: { format: "json", ...page } } })) as Promise<Page<DanmakuItem> & { total?: number }>,
  quality: (broadcast: string, against?: string) => body(http.GET("/api/broadcasts/{id}/qoe", { params: { ...at(broadcast), query: against ? { against } : {} } })),
  qualityBy: (broadcast: string, dimension: Dimension, against?: string) =>
    body(http.GET("/api/broadcasts/{id}/qoe/by", { params: { ...at(broadcast), query: { dimension, ...(against && { against }) } } })),
  qualityRooms: (from: number) => body(http.GET("/api/qoe/rooms", { params: { query: { from } } })),
  qualityViewers: (broadcast: string, sort: ViewerOrder) => body(http.GET("/api/broadcasts/{id}/qoe/viewers", { params: { ...at(broadcast), query: { sort } } })),
  playsOf: (broadcast: string, viewer: string) =>
    body(http.GET("/api/broadcasts/{id}/qoe/plays", { params: { ...at(broadcast), query: { viewer, sort: "newest", limit: 200 } } })),
  playCourse: (broadcast: string, entry: string, play: string) =>
    body(http.GET("/api/broadcasts/{id}/qoe/plays/{entry}/{play}", { params: { path: { id: broadcast, entry, play } } })),
  ingest: (room: string) => body(http.GET("/api/rooms/{id}/ingest", { params: { ...at(room), query: { seconds: 300 } } })),
  coverage: (from: number) => data(body(http.GET("/api/qoe/coverage", { params: { query: { from } } }))),
  alarms: (wanted: { room?: string; open?: boolean; limit?: number }) => body(http.GET("/api/alarms", { params: { query: wanted } })),
  acknowledge: (alarm: string) => body(http.POST("/api/alarms/{id}/acknowledge", { params: at(alarm) })),
  audience: (broadcast: string) => body(http.GET("/api/broadcasts/{id}/audience", { params: at(broadcast) })),
  audienceEntries: (broadcast: string, page: { verdict?: string; after?: string; limit?: number }) =>
    body(http.GET("/api/broadcasts/{id}/audience/entries", { params: { ...at(broadcast), query: page } })) as Promise<Page<AuditedEntry>>,
  delivery: (room: string) => body(http.GET("/api/rooms/{id}/delivery", { params: at(room) })),
  setDelivery: (room: string, delivery: { cdn: boolean }) => body(http.PUT("/api/rooms/{id}/delivery", { params: at(room), body: delivery })),
  /** A log as it is: a file is sent as it is read, so that a large one is never in memory. */
  importCdnLog: (broadcast: string, log: Blob, complete: boolean) =>
    body(http.POST("/api/broadcasts/{id}/cdn-logs", { params: { ...at(broadcast), query: { complete } }, body: log as unknown as string, bodySerializer: (log) => log, headers: { "content-type": "text/plain" } })),
  danmakuFile: (broadcast: string, format: DanmakuFormat) => `/api/broadcasts/${encodeURIComponent(broadcast)}/danmaku?format=${format}`,
}

/** What is told of these as a query; nothing when nothing is. */
export function query(fields: object): string {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "").map(([name, value]) => [name, String(value)])
  return told.length === 0 ? "" : `?${new URLSearchParams(told).toString()}`
}

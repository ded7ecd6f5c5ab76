// Files into a room 导入: what the server says of them, and what can be asked of it.
import { ask, send } from "../../api/client"
import type { Page } from "../../api/types"

export const FIELDS = ["ignore", "id", "time", "user", "nick", "text", "gift", "gift_id", "num", "price", "total", "coin", "level", "property"] as const
export type Field = (typeof FIELDS)[number]
export const ROWS_OF = ["danmaku", "gift", "super_chat", "enter", "follow", "share", "like", "custom"] as const
export type RowsOf = (typeof ROWS_OF)[number]
export const MONEY = ["yuan", "tenth", "fen", "milli"] as const
export type Money = (typeof MONEY)[number]

export interface Mapping {
  rows_of: RowsOf
  event?: string
  columns: { header: string; field: Field }[]
  utc_offset_min: number
  money: Money
}

export interface Remembered {
  id: string
  platform: string
  mapping: Mapping
  used_at_ms: number
}

export interface Table {
  kind: string
  headers: string[]
  rows: string[][]
  guess: Mapping
  remembered?: Remembered
}

/** What a file is: a recorder's, or a table. */
export interface Preview {
  format?: string
  table?: Table
}

export interface Report {
  read: number
  taken: number
  repeats: number
  skipped: { reason: string; count: number; lines: number[] }[]
}

export interface Imported {
  /** A dry run has none. */
  id?: string
  broadcast_id?: string
  format: string
  platform: string
  started_at_ms: number
  before_air: number
  complete: boolean
  report: Report
}

export const STATES = ["running", "done", "failed", "interrupted"] as const

export interface FileImport {
  id: string
  broadcast_id: string
  file: string
  bytes: number
  format: string
  platform: string
  title: string
  state: (typeof STATES)[number]
  read: number
  taken: number
  repeats: number
  skipped: number
  created_at_ms: number
  finished_at_ms?: number
}

export interface Wanted {
  file: string
  mapping?: string
  title?: string
  platform?: string
  started_at_ms?: number
  import_key?: string
  dry_run: boolean
  complete: boolean
}

const of = (room: string) => `/api/rooms/${encodeURIComponent(room)}/imports`
/** Of a text file its beginning shows what it is; a workbook has to be there whole. */
const BEGINNING = 1 << 20

export function isWorkbook(name: string): boolean {
  return /\.(xlsx|xlsm)$/i.test(name)
}

function query(wanted: Wanted): string {
  const said = Object.entries(wanted).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]))
  return `?${new URLSearchParams(said).toString()}`
}

export const imports = {
  preview: (file: File) => send<Preview>("POST", "/api/imports/preview", isWorkbook(file.name) ? file : file.slice(0, BEGINNING)),
  run: (room: string, file: File, wanted: Wanted) => send<Imported>("POST", `${of(room)}/file${query(wanted)}`, file),
  save: (platform: string, mapping: Mapping) => ask<Remembered>("PUT", "/api/imports/mappings", { platform, mapping }),
  list: (room: string, after?: string) => ask<Page<FileImport>>("GET", `${of(room)}/files${after === undefined ? "" : `?after=${encodeURIComponent(after)}`}`),
  report: (room: string, id: string) => ask<Report>("GET", `${of(room)}/files/${encodeURIComponent(id)}/report`),
  csv: (room: string, id: string) => `${of(room)}/files/${encodeURIComponent(id)}/report?format=csv`,
}

const NEEDED: Partial<Record<RowsOf, Field[]>> = { danmaku: ["text"], gift: ["gift"], enter: ["user"] }

/** What a mapping lacks, before the server is asked; the same rules as there. */
export function lacks(mapping: Mapping): Field | "twice" | "price" | null {
  const has = (field: Field) => mapping.columns.filter((column) => column.field === field).length
  if (FIELDS.some((field) => field !== "ignore" && field !== "property" && has(field) > 1)) return "twice"
  const missing = (["time", ...(NEEDED[mapping.rows_of] ?? [])] as const).find((field) => has(field) === 0)
  if (missing !== undefined) return missing
  return (mapping.rows_of === "gift" || mapping.rows_of === "super_chat") && has("price") + has("total") === 0 ? "price" : null
}

/** `+08:00` of minutes east of UTC. */
export function zone(minutes: number): string {
  const [sign, all] = [minutes < 0 ? "-" : "+", Math.abs(minutes)]
  return `${sign}${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`
}

export const ZONES = [-480, -300, 0, 60, 330, 420, 480, 540]

export const REFUSALS = [
  "unknown_format", "empty_file", "start_unknown", "bad_table", "unreadable_file", "bad_mapping", "imports_busy", "import_complete", "too_large", "log_unavailable",
] as const

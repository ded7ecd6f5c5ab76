// The ledger 存证账本 as the server tells it.
import { ask, query } from "../../../api/client"
import type { components } from "../../../api/schema"
import type { Page } from "../../../api/types"

type Schemas = components["schemas"]

export type Head = Schemas["LedgerHead"]
export type Row = Omit<Schemas["LedgerRow"], "facts"> & { facts: Record<string, unknown> }

export const KINDS = ["verdict", "list_changed", "mode_changed", "sanction_imposed", "sanction_changed", "evidence_kept", "appeal_filed", "appeal_decided", "clearance", "signature", "days_cut"] as const
export type Kind = (typeof KINDS)[number]

/** A newer server may know more than this page. */
export const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind)

export interface Filter {
  day?: string
  kind?: string
  about?: string
}

export const ledger = {
  heads: (after?: string) => ask<Page<Head>>("GET", `/api/moderation/ledger/heads${query({ after, limit: 30 })}`),
  rows: (filter: Filter, after?: string) => ask<Page<Row>>("GET", `/api/moderation/ledger${query({ ...filter, after })}`),
  exported: "/api/moderation/ledger/heads/export",
}

/** The day in Beijing, as the ledger has it. */
export function dayOf(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
}

/** Where the evidence about a row is, for what has one. */
export function evidenceOf(row: Pick<Row, "about">): string | null {
  const position = /^danmaku:(\d+)$/.exec(row.about)?.[1]
  return position ? `/api/moderation/items/${position}/evidence` : null
}

/** A fact as text; nothing where it is none. */
export function fact(row: Pick<Row, "facts">, name: string): string {
  const value = row.facts[name]
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : ""
}

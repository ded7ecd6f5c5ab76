// Dossiers 备播单, their papers and what speaks against them, as the server tells them.
import { ask, query, send } from "../../../api/client"
import type { components } from "../../../api/schema"
import type { Page } from "../../../api/types"

type Schemas = components["schemas"]

export type Row = Schemas["DossierRow"]
export type Dossier = Schemas["DossierBody"]
export type Finding = Schemas["DossierFinding"]
export type Paper = Schemas["DocumentBody"]
export type Goods = Schemas["GoodsCategory"]
export type Version = Schemas["DossierVersion"]
export type Professional = Schemas["ProfessionalBody"]
export type Profession = Professional["profession"]

export interface Section {
  name: string
  text: string
}

export interface Item {
  name: string
  category: string
  claims: string
  documents: string[]
}

export interface Content {
  title: string
  planned_at_ms: number
  sections: Section[]
  items: Item[]
}

export const PROFESSIONS = ["medical", "financial"] as const satisfies Profession[]
export const STATES = ["draft", "submitted", "cleared", "returned"] as const
export type Field = Finding["field"]

export interface NewPaper {
  room: string
  kind: string
  number: string
  holder: string
  authority: string
  valid_from: string
  valid_to: string
}

const PROFESSIONALS = "/api/moderation/professionals"
const at = (id: string) => `/api/moderation/dossiers/${encodeURIComponent(id)}`

export const clearance = {
  list: (state: string, after?: string) => ask<Page<Row>>("GET", `/api/moderation/dossiers${query({ state, after })}`),
  find: (id: string) => ask<Dossier>("GET", at(id)),
  create: (room: string, content: Content) => ask<Dossier>("POST", "/api/moderation/dossiers", { room, content }),
  update: (id: string, version: number, content: Content) => ask<Dossier>("PUT", at(id), { version, content }),
  remove: (id: string) => ask<undefined>("DELETE", at(id)),
  check: (room: string, content: Content) => ask<Schemas["CheckedDossier"]>("POST", "/api/moderation/dossiers/check", { room, content }),
  submit: (id: string, version: number) => ask<Dossier>("POST", `${at(id)}/submit`, { version }),
  clear: (id: string, seen: Seen, accepted: string[]) => ask<Dossier>("POST", `${at(id)}/clear`, { ...seen, accepted }),
  giveBack: (id: string, seen: Seen, notes: { finding: string; note: string }[], reason: string) => ask<Dossier>("POST", `${at(id)}/return`, { ...seen, notes, reason }),
  sign: (id: string, seen: Seen) => ask<Dossier>("POST", `${at(id)}/sign`, seen),
  versions: (id: string) => ask<{ items: Version[] }>("GET", `${at(id)}/versions`),
  text: (id: string, version: number) => ask<Schemas["DossierVersionText"]>("GET", `${at(id)}/versions/${version}`),
  professionals: () => ask<{ items: Professional[] }>("GET", PROFESSIONALS),
  note: (login: string, registration: { profession: Profession; number: string }) => ask<Professional>("PUT", `${PROFESSIONALS}/${encodeURIComponent(login)}`, registration),
  strike: (login: string) => ask<undefined>("DELETE", `${PROFESSIONALS}/${encodeURIComponent(login)}`),
  goods: () => ask<{ items: Goods[] }>("GET", "/api/moderation/goods"),
  papers: (filter: { room?: string; expiring_days?: number }, after?: string) => ask<Page<Paper>>("GET", `/api/moderation/documents${query({ ...filter, after })}`),
  add: (paper: NewPaper, file: File) => send<Paper>("POST", `/api/moderation/documents${query({ ...paper, file_name: file.name })}`, file),
  retire: (id: string) => ask<undefined>("DELETE", `/api/moderation/documents/${encodeURIComponent(id)}`),
  file: (id: string) => `/api/moderation/documents/${encodeURIComponent(id)}/file`,
}

/** Exactly what somebody decides about. */
export interface Seen {
  version: number
  sha256: string
}

export const seenOf = (dossier: Dossier): Seen => ({ version: dossier.version, sha256: dossier.sha256 })

/** A dossier's content as it is edited: what may be absent is there. */
export function contentOf(content: Dossier["content"]): Content {
  const items = (content.items ?? []).map((one) => ({ name: one.name, category: one.category, claims: one.claims ?? "", documents: one.documents ?? [] }))
  return { title: content.title, planned_at_ms: content.planned_at_ms, sections: content.sections ?? [], items }
}

/** Where a finding stands, as the field's id on the screen. */
export const fieldId = (field: Field, at: number | null | undefined) => `clearance-${field === "item" ? "item_name" : field}-${at ?? 0}`

/** A place in characters as a place in UTF-16, which is how fields count. */
export function unitsOf(text: string, characters: number): number {
  return Array.from(text).slice(0, characters).join("").length
}

export type Ending = "over" | "soon" | "good"

/** How a paper stands today; days are written so that they compare as text. */
export function endingOf(paper: Pick<Paper, "valid_to">, today: number): Ending {
  const day = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
  if (!paper.valid_to) return "good"
  if (paper.valid_to < day(today)) return "over"
  return paper.valid_to <= day(today + 30 * 86_400_000) ? "soon" : "good"
}

export interface Change {
  place: "title" | "planned" | "section" | "item"
  name: string
  before: string | null
  after: string | null
}

const said = (one: Item) => [one.category, one.claims, ...one.documents].filter((part) => part !== "").join("\n")

/** What is different since something was cleared: parts are known by their names, and by their order where a name stands twice. */
export function changesSince(before: Content, after: Content): Change[] {
  const changes: Change[] = []
  const look = (place: Change["place"], name: string, was: string | null, is: string | null) => {
    if (was !== is) changes.push({ place, name, before: was, after: is })
  }
  look("title", "", before.title, after.title)
  look("planned", "", String(before.planned_at_ms), String(after.planned_at_ms))
  const both = (place: Change["place"], was: Map<string, string>, is: Map<string, string>) => {
    for (const key of new Set([...was.keys(), ...is.keys()])) look(place, key.slice(0, key.lastIndexOf("#")), was.get(key) ?? null, is.get(key) ?? null)
  }
  both("section", named(before.sections, (one) => one.text), named(after.sections, (one) => one.text))
  both("item", named(before.items, said), named(after.items, said))
  return changes
}

function named<One extends { name: string }>(list: One[], text: (one: One) => string): Map<string, string> {
  const map = new Map<string, string>()
  for (const one of list) {
    let n = 0
    while (map.has(`${one.name}#${n}`)) n += 1
    map.set(`${one.name}#${n}`, text(one))
  }
  return map
}

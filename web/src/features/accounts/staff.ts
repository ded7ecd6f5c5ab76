// People, places, keys and the audit log as the server tells them.
import { ask, query } from "../../api/client"
import type { Page } from "../../api/types"

export interface Place {
  id: string
  name: string
}

export interface Team extends Place {
  region?: string
}

export interface Tree {
  org: Place | null
  regions: Place[]
  teams: Team[]
}

export interface Member {
  id: string
  login: string
  name: string
  role: string
  state: "invited" | "active" | "disabled"
  region?: Place
  team?: Place
  second_factor: boolean
  email?: string
  sso_only: boolean
  created_at_ms: number
}

export interface Role {
  name: string
  zh: string
  en: string
  permissions: string[]
  grantable: boolean
  second_factor: boolean
}

export interface Reach {
  region: string | null
  team: string | null
}

/** Shown once. */
export interface OneTimeLink {
  kind: "invitation" | "password"
  secret: string
  path: string
  expires_at_ms: number
}

export interface Session {
  id: string
  device: string
  from_ip: string
  created_at_ms: number
  last_used_at_ms?: number
  expires_at_ms: number
  current: boolean
}

export interface Token {
  id: string
  name: string
  role: string
  scopes: string[]
  region?: string
  team?: string
  made_by: string
  created_at_ms: number
  expires_at_ms?: number
  last_used_at_ms?: number
}

export interface MadeToken extends Token {
  token: string
}

export interface AuditRow {
  seq: number
  at_ms: number
  actor: string
  action: string
  target: string
  before?: unknown
  after?: unknown
  from: string
  hash: string
}

export interface AuditFilter {
  actor?: string
  action?: string
  target?: string
}

export interface SecondFactor {
  enabled: boolean
  needed: boolean
  recovery_codes_left: number
}

export interface LinkView {
  kind: "invitation" | "password"
  login: string
  name: string
  org: string
  expires_at_ms: number
  sso_only: boolean
}

interface Fields {
  name?: string
  role?: string
  reach?: Reach
  disabled?: boolean
  email?: string
  sso_only?: boolean
}

const of = (person: string) => `/api/staff/${encodeURIComponent(person)}`

export const staff = {
  list: (after?: string) => ask<Page<Member>>("GET", `/api/staff${query({ after })}`),
  invite: (fields: { login: string; name: string; role: string; reach: Reach; email?: string; sso_only: boolean }) => ask<{ member: Member; link: OneTimeLink }>("POST", "/api/staff", fields),
  change: (person: string, fields: Fields) => ask<Member>("PATCH", of(person), fields),
  link: (person: string) => ask<OneTimeLink>("POST", `${of(person)}/link`),
  removeSecondFactor: (person: string) => ask<undefined>("DELETE", `${of(person)}/second-factor`),
  sessions: (person: string) => ask<Page<Session>>("GET", `${of(person)}/sessions`),
  endSession: (person: string, session: string) => ask<undefined>("DELETE", `${of(person)}/sessions/${encodeURIComponent(session)}`),
  endSessions: (person: string) => ask<undefined>("DELETE", `${of(person)}/sessions`),
  roles: () => ask<Role[]>("GET", "/api/roles"),
  tree: () => ask<Tree>("GET", "/api/teams"),
  createRegion: (name: string) => ask<Place>("POST", "/api/regions", { name }),
  renameRegion: (id: string, name: string) => ask<undefined>("PATCH", `/api/regions/${encodeURIComponent(id)}`, { name }),
  createTeam: (name: string, region: string | null) => ask<Team>("POST", "/api/teams", { name, region }),
  renameTeam: (id: string, name: string) => ask<undefined>("PATCH", `/api/teams/${encodeURIComponent(id)}`, { name }),
  moveTeam: (id: string, region: string | null) => ask<undefined>("PUT", `/api/teams/${encodeURIComponent(id)}/region`, { region }),
  setSecurity: (second_factor_roles: string[]) => ask<undefined>("PUT", "/api/security", { second_factor_roles }),
  tokens: (after?: string) => ask<Page<Token>>("GET", `/api/tokens${query({ after })}`),
  createToken: (fields: { name: string; role: string; expires_in_days: number | null }) => ask<MadeToken>("POST", "/api/tokens", fields),
  revokeToken: (id: string) => ask<undefined>("DELETE", `/api/tokens/${encodeURIComponent(id)}`),
  audit: (filter: AuditFilter, after?: string) => ask<Page<AuditRow>>("GET", `/api/audit${query({ ...filter, after })}`),
}

/** What everybody may look after for themselves. */
export const mine = {
  secondFactor: () => ask<SecondFactor>("GET", "/api/me/second-factor"),
  begin: (password: string) => ask<{ secret: string; otpauth: string }>("POST", "/api/me/second-factor", { password }),
  confirm: (code: string) => ask<{ recovery_codes: string[] }>("POST", "/api/me/second-factor/confirm", { code }),
  renew: (password: string, code: string) => ask<{ recovery_codes: string[] }>("POST", "/api/me/second-factor/recovery-codes", { password, code }),
  remove: (password: string, code: string) => ask<undefined>("POST", "/api/me/second-factor/remove", { password, code }),
  sessions: () => ask<Page<Session>>("GET", "/api/me/sessions"),
  endSession: (id: string) => ask<undefined>("DELETE", `/api/me/sessions/${encodeURIComponent(id)}`),
  endOthers: () => ask<undefined>("DELETE", "/api/me/sessions"),
  tokens: () => ask<Page<Token>>("GET", "/api/me/tokens"),
  createToken: (fields: { name: string; expires_in_days: number }) => ask<MadeToken>("POST", "/api/me/tokens", fields),
  revokeToken: (id: string) => ask<undefined>("DELETE", `/api/me/tokens/${encodeURIComponent(id)}`),
}

export const links = {
  look: (secret: string) => ask<LinkView>("POST", "/api/links/look", { secret }),
  accept: (secret: string, name: string, password: string) => ask<undefined>("POST", "/api/links/accept", { secret, name, password }),
}

// Identity providers, identities and the way to a provider and back, as the server tells them.
import { ask } from "../../api/client"
import type { components } from "../../api/schema"

type Schemas = components["schemas"]
export type Provider = Schemas["SsoProvider"]
export type Policy = Schemas["SsoPolicy"]
export type Grant = Schemas["SsoGrant"]
export type Settings = Schemas["SsoSettings"]
export type Step = Schemas["SsoStep"]
export type Test = Schemas["SsoTest"]
export type Door = Schemas["SsoDoor"]
export type Identity = Schemas["SsoIdentity"]
export type Way = Schemas["SsoWay"]
export type Finished = Schemas["SsoFinished"]

const of = (id: string) => `/api/sso/providers/${encodeURIComponent(id)}`

export const providers = {
  list: () => ask<Provider[]>("GET", "/api/sso/providers"),
  create: (issuer: string, settings: Settings) => ask<Provider>("POST", "/api/sso/providers", { issuer, settings }),
  change: (id: string, settings: Settings) => ask<Provider>("PUT", of(id), settings),
  test: (id: string) => ask<Test>("POST", `${of(id)}/test`),
  remove: (id: string) => ask<undefined>("DELETE", of(id)),
}

export const identities = {
  mine: () => ask<Identity[]>("GET", "/api/me/identities"),
  link: (provider: string, password: string) => ask<Way>("POST", "/api/me/identities", { provider, password }),
  unlink: (id: string) => ask<undefined>("DELETE", `/api/me/identities/${encodeURIComponent(id)}`),
  of: (person: string) => ask<Identity[]>("GET", `/api/staff/${encodeURIComponent(person)}/identities`),
  unlinkOf: (person: string, id: string) => ask<undefined>("DELETE", `/api/staff/${encodeURIComponent(person)}/identities/${encodeURIComponent(id)}`),
}

export const sso = {
  doors: () => ask<Door[]>("GET", "/api/sso"),
  begin: (provider: string) => ask<Way>("POST", `/api/sso/${encodeURIComponent(provider)}/begin`),
  finish: (answer: ProviderAnswer) => ask<Finished>("POST", "/api/sso/finish", answer),
  code: (state: string, code: string) => ask<Finished>("POST", "/api/sso/code", { state, code }),
}

/** What a provider sends the browser back with. */
export interface ProviderAnswer {
  state: string
  code?: string
  iss?: string
  error?: string
}

/** Of an address's query; none when the browser did not come from a provider. */
export function answerOf(query: string): ProviderAnswer | null {
  const said = new URLSearchParams(query)
  const state = said.get("state")
  if (!state) return null
  const given = (["code", "iss", "error"] as const).flatMap((name) => (said.get(name) === null ? [] : [[name, said.get(name)] as const]))
  return { state, ...Object.fromEntries(given) }
}

const NEXT = "kaibo.sso.next"

/** Leaves for the provider; `next` is where to go once one is in. */
export function leave(way: Way, next: string | null) {
  if (next) sessionStorage.setItem(NEXT, next)
  else sessionStorage.removeItem(NEXT)
  location.assign(way.url)
}

/** Where somebody wanted to go before they left. */
export function takeNext(): string | null {
  const next = sessionStorage.getItem(NEXT)
  sessionStorage.removeItem(NEXT)
  return next
}

/** A list that people type: by lines, commas or spaces. */
export function words(text: string): string[] {
  return text.split(/[\s,，;；]+/).filter((word) => word !== "")
}

export type Reach = { region?: string | null; team?: string | null }

/** `org`, `region:<id>` or `team:<id>`. */
export function placeOf(grant: Reach): string {
  return grant.team ? `team:${grant.team}` : grant.region ? `region:${grant.region}` : "org"
}

export function grantOf(role: string, place: string): Grant {
  const [kind, id = null] = place.split(":")
  return { role, region: kind === "region" ? id : null, team: kind === "team" ? id : null }
}

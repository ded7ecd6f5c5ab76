// What the server's own description says, for tests that screens have words for it.
import { readFileSync } from "node:fs"

interface Described {
  description?: string
}

interface OpenApi {
  components: { schemas: Record<string, { properties?: Record<string, Described> }> }
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>
}

const openapi = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8")) as OpenApi

const codes = (text = "") => [...text.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code ?? "").sort()

/** The codes that a body's field `code` may have. */
export function codesOf(schema: string): string[] {
  return codes(openapi.components.schemas[schema]?.properties?.code?.description)
}

/** The codes that a call may be refused with, those that stand with these statuses. */
export function refusalsOf(path: string, method: string, ...statuses: number[]): string[] {
  return statuses.flatMap((status) => codes(openapi.paths[path]?.[method]?.responses[String(status)]?.description)).sort()
}

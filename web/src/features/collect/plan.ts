// A tracking plan 埋点方案 as the editor handles it. Pure.
export const MODES = ["off", "warn", "enforce"] as const
export type Mode = (typeof MODES)[number]
export const TYPES = ["string", "number", "integer", "boolean", "object", "array", "any"] as const
export type Type = (typeof TYPES)[number]
export type Scalar = string | number | boolean

export interface Property {
  type: Type
  required: boolean
  allowed?: Scalar[]
}

export interface Plan {
  mode: Mode
  events: Record<string, { properties: Record<string, Property> }>
}

/** A draft adds what the plan does not name and changes nothing that it does. */
export function merged(plan: Plan, draft: Plan): Plan {
  const events = { ...plan.events }
  for (const [name, { properties }] of Object.entries(draft.events)) events[name] = { properties: { ...properties, ...events[name]?.properties } }
  return { ...plan, events }
}

/** A plan out of a file, or null when it is none. */
export function planOf(text: string): Plan | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const record = (of: unknown): Record<string, unknown> | null => (typeof of === "object" && of !== null && !Array.isArray(of) ? (of as Record<string, unknown>) : null)
  const told = record(value)
  const events = record(told?.events ?? {})
  const mode = MODES.find((one) => one === (told?.mode ?? "off"))
  if (!told || !events || !mode) return null
  const plan: Plan = { mode, events: {} }
  for (const [name, event] of Object.entries(events)) {
    const properties = record(record(event)?.properties ?? {})
    if (!record(event) || !properties) return null
    const read: Record<string, Property> = {}
    for (const [key, one] of Object.entries(properties)) {
      const property = record(one)
      const type = TYPES.find((known) => known === property?.type)
      const allowed = property?.allowed ?? []
      if (!property || !type || !Array.isArray(allowed) || !allowed.every(isScalar)) return null
      read[key] = { type, required: property.required === true, ...(allowed.length > 0 ? { allowed } : {}) }
    }
    plan.events[name] = { properties: read }
  }
  return plan
}

function isScalar(value: unknown): value is Scalar {
  return ["string", "number", "boolean"].includes(typeof value)
}

/** Values as a person writes them: `wechat, alipay`. Null when one is not of the type. */
export function allowedOf(text: string, type: Type): Scalar[] | null {
  const parts = text.split(/[,，]/).map((part) => part.trim()).filter((part) => part !== "")
  const values = parts.map((part): Scalar | null => {
    const number = Number(part)
    switch (type) {
      case "string": return part
      case "number": return Number.isFinite(number) ? number : null
      case "integer": return Number.isInteger(number) ? number : null
      case "boolean": return part === "true" ? true : part === "false" ? false : null
      case "any": return part === "true" ? true : part === "false" ? false : Number.isFinite(number) ? number : part
      default: return null
    }
  })
  return values.every((value) => value !== null) ? values : null
}

// Why items are not taken. The screen has words for these; another is shown as the server says it.
export const CODES = ["bad_shape", "too_large", "plan_violation"] as const

export function isCode(code: string): code is (typeof CODES)[number] {
  return (CODES as readonly string[]).includes(code)
}

/** JSON laid out; what is none, such as a cut item, as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

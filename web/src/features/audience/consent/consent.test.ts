import { describe, expect, it } from "vitest"
import { isRemembered, memoryOf, unanswered, type Asked, type Consent } from "./consent"

function asking(part: Partial<Asked> = {}): Consent {
  const asked: Asked = { purpose: "analytics", version: 2, text: { zh: "统计", en: "count" }, ask: true, may: false, ...part }
  return { ask: asked.ask, purposes: [asked] }
}

describe("what a viewer is asked", () => {
  it("is what nothing was said about", () => {
    expect(unanswered(asking(), {}).length).toBe(1)
    expect(unanswered(asking({ ask: false, may: true }), {}).length).toBe(0)
  })

  it("is not asked again after a no to the same text, and is after another text", () => {
    expect(unanswered(asking(), { analytics: { version: 2, given: false } }).length).toBe(0)
    expect(unanswered(asking(), { analytics: { version: 1, given: false } }).length).toBe(1)
  })

  it("is asked again where a yes of this browser is unknown to the server", () => {
    expect(unanswered(asking(), { analytics: { version: 2, given: true } }).length).toBe(1)
  })
})

describe("the memory", () => {
  it("keeps a no, takes what the server knows, and forgets a yes that does not hold", () => {
    const no = { analytics: { version: 2, given: false } }
    expect(memoryOf(asking(), no)).toEqual(no)
    expect(memoryOf(asking({ ask: false, may: true, given: true }), no)).toEqual({ analytics: { version: 2, given: true } })
    expect(memoryOf(asking(), { analytics: { version: 1, given: true } })).toEqual({})
  })

  it("lets a viewer be known again only after a yes", () => {
    expect(isRemembered({})).toBe(false)
    expect(isRemembered({ analytics: { version: 2, given: false } })).toBe(false)
    expect(isRemembered({ analytics: { version: 2, given: false }, marketing: { version: 1, given: true } })).toBe(true)
  })
})

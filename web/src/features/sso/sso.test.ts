import { describe, expect, it } from "vitest"
import { answerOf, grantOf, placeOf, words } from "./sso"

describe("the way back from a provider", () => {
  it("takes what the provider said, and nothing else", () => {
    expect(answerOf("?state=s&code=c&iss=https%3A%2F%2Fid.example&session_state=x")).toEqual({ state: "s", code: "c", iss: "https://id.example" })
    expect(answerOf("?state=s&error=access_denied&error_description=%3Cb%3E")).toEqual({ state: "s", error: "access_denied" })
    expect(answerOf("?code=c")).toBeNull()
    expect(answerOf("")).toBeNull()
  })
})

describe("what people type", () => {
  it("is a list by any mark", () => {
    expect(words(" example.com，example.org\n corp.example ;")).toEqual(["example.com", "example.org", "corp.example"])
  })
  it("is a place, there and back", () => {
    for (const place of ["org", "region:1", "team:2"]) expect(placeOf(grantOf("host", place))).toBe(place)
  })
})

import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { codesOf, refusalsOf } from "../../api/described"
import { REFUSALS } from "./refusal"
import { configLines, KINDS, REASONS, type Kind } from "./servers"

const HOOK = "http://kaibo/hooks/1/kbh_2"
const PUSH = "kaibo:1935"

test("every kind's lines call the hook, and push only where they should", () => {
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const [pull, forward] = [configLines(kind, "pull", HOOK, PUSH), configLines(kind, "forward", HOOK, PUSH)]
    for (const lines of [pull, forward]) expect(lines).toContain(HOOK)
    expect(pull).not.toContain(PUSH)
    expect(forward).toContain(PUSH)
    expect(forward.split("{").length).toBe(forward.split("}").length)
  }
})

test("the documentation has the same lines", () => {
  const page = readFileSync(new URL("../../../../docs/hooks.md", import.meta.url), "utf8")
  for (const kind of Object.keys(KINDS) as Kind[]) {
    expect(page).toContain(configLines(kind, "forward", "HOOK", "KAIBO:1935"))
  }
})

test("there are words for whatever the server says", () => {
  expect([...REASONS].sort()).toEqual(codesOf("HookStreamError"))
  // Kind and mode are chosen from a list.
  expect([...REFUSALS, "bad_kind", "bad_mode"].sort()).toEqual(refusalsOf("/api/media-servers", "post", 400))
})

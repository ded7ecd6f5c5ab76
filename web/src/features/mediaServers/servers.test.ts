import { expect, test } from "vitest"
import { configLines, KINDS, type Kind } from "./servers"

test("every kind's lines call the hook", () => {
  for (const kind of Object.keys(KINDS) as Kind[]) {
    expect(configLines(kind, "http://kaibo/hooks/1/kbh_2")).toContain("http://kaibo/hooks/1/kbh_2")
  }
})

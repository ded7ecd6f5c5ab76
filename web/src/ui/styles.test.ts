// Pages keep the styles of those that were open before: a class has its look from one file.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const SRC = join(import.meta.dirname, "..")
const CLASS = /^\.([a-z][a-z0-9-]*)(?=[ ,{:.>[])/gm

it("a class of the console begins its rules in one file", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".css") && !file.endsWith("room.css"))
  const found = new Map<string, Set<string>>()
  for (const file of files) {
    for (const [, name = ""] of readFileSync(join(SRC, file), "utf8").matchAll(CLASS)) {
      found.set(name, (found.get(name) ?? new Set()).add(file))
    }
  }
  const twice = [...found].filter(([, where]) => where.size > 1).map(([name, where]) => `${name}: ${[...where].join(", ")}`)
  expect(twice).toEqual([])
})

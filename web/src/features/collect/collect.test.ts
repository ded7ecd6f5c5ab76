import { expect, test } from "vitest"
import { codesOf, refusalsOf } from "../../api/described"
import { KINDS } from "./collect"
import { allowedOf, merged, planOf, type Plan } from "./plan"
import { CODES } from "./reasons"
import { REFUSALS } from "./refusal"
import { snippets } from "./snippets"

const plan: Plan = { mode: "warn", events: { Paid: { properties: { price: { type: "number", required: true } } } } }

test("every kind of source has a client, each told address and key", () => {
  const all = snippets("https://kaibo.example/console/collect", "kbw_x")
  expect(KINDS.filter((kind) => !all.some((one) => one.kinds.includes(kind)))).toEqual([])
  for (const { name, code } of all) expect([name, code.includes("https://kaibo.example"), code.includes("kbw_x")]).toEqual([name, true, true])
})

test("a draft adds and changes nothing", () => {
  const draft: Plan = { mode: "off", events: { Paid: { properties: { price: { type: "any", required: false }, sku: { type: "string", required: false } } }, Seen: { properties: {} } } }
  expect(merged(plan, draft)).toEqual({
    mode: "warn",
    events: { Paid: { properties: { price: { type: "number", required: true }, sku: { type: "string", required: false } } }, Seen: { properties: {} } },
  })
})

test("a plan goes out and comes in again; what is none is told", () => {
  expect(planOf(JSON.stringify(plan))).toEqual(plan)
  expect(planOf('{"events":{"A":{}}}')).toEqual({ mode: "off", events: { A: { properties: {} } } })
  for (const bad of ["", "[]", "null", '{"mode":"loud"}', '{"events":[]}', '{"events":{"A":{"properties":{"p":{"type":"date"}}}}}', '{"events":{"A":{"properties":{"p":{"type":"string","allowed":[{}]}}}}}']) {
    expect(planOf(bad), bad).toBeNull()
  }
})

test("allowed values are read by their type", () => {
  expect(allowedOf("wechat， alipay,", "string")).toEqual(["wechat", "alipay"])
  expect(allowedOf("1, 2.5", "number")).toEqual([1, 2.5])
  expect(allowedOf("1, 2.5", "integer")).toBeNull()
  expect(allowedOf("true, x", "boolean")).toBeNull()
  expect(allowedOf("true, 1, x", "any")).toEqual([true, 1, "x"])
  expect(allowedOf("", "object")).toEqual([])
})

test("there are words for whatever the server says", () => {
  expect([...CODES].sort()).toEqual(codesOf("QuarantinedItem"))
  const said = [
    ...refusalsOf("/api/collect/sources", "post", 422), ...refusalsOf("/api/collect/sources/{id}/key", "post", 422),
    ...refusalsOf("/api/collect/quarantine/{id}", "patch", 409, 422), ...refusalsOf("/api/collect/quarantine/{id}/replay", "post", 409, 422),
  ]
  expect(REFUSALS).toEqual(expect.arrayContaining(said))
})

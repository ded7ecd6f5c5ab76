import { expect, it } from "vitest"
import { draftOf, preview, renewed, sent, type Settings } from "./settings"

const settings: Settings = {
  enabled: true, notice_url: "/privacy",
  purposes: [
    { purpose: "analytics", asked: true, version: 2, text: { zh: "统计", en: "count" }, since_ms: 1 },
    { purpose: "personalisation", asked: false, version: 0, text: { zh: "", en: "" } },
    { purpose: "marketing", asked: false, version: 1, text: { zh: "营销", en: "offers" }, since_ms: 1 },
  ],
}

it("sends what has a text, and not what never had one", () => {
  expect(sent(draftOf(settings)).purposes).toEqual([
    { purpose: "analytics", asked: true, zh: "统计", en: "count" },
    { purpose: "marketing", asked: false, zh: "营销", en: "offers" },
  ])
})

it("says who would be asked again", () => {
  const draft = draftOf(settings)
  expect(renewed(draft, settings)).toEqual([])
  draft.purposes.analytics.zh = " 统计 "
  draft.purposes.personalisation.zh = "推荐"
  expect(renewed(draft, settings)).toEqual([])
  draft.purposes.analytics.zh = "统计与分析"
  expect(renewed(draft, settings)).toEqual(["analytics"])
})

it("shows the purposes that are asked", () => {
  expect(preview(draftOf(settings)).purposes.map(({ purpose }) => purpose)).toEqual(["analytics"])
})

// The handbook as the server tells it.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"
import type { Language } from "../../ui/appearance"

export interface Article {
  chapter_zh: string
  chapter_en: string
  place: number
  title_zh: string
  title_en: string
  body_zh: string
  body_en: string
  clauses: string[]
  sources: string[]
}

export type Published = Article & { code: string }

export interface Handbook {
  number: number
  note: string
  published_by: string
  published_at_ms: number | null
  acknowledged_at_ms: number | null
  articles: Published[]
}

export interface Line {
  change: "kept" | "added" | "removed"
  text: string
}

export interface Difference {
  code: string
  title_zh: string
  title_en: string
  change: "added" | "changed" | "removed"
  lines_zh: Line[]
  lines_en: Line[]
}

export interface DraftArticle {
  code: string
  version: number
  article: Article
  changed_by: string
}

export interface Version {
  number: number
  note: string
  published_by: string
  published_at_ms: number
}

export interface Reader {
  staff: string
  name: string
  login: string
  role: string
  acknowledged_at_ms: number | null
}

export interface Exam {
  title_zh: string
  title_en: string
  questions: number
  quotas: Partial<Record<string, number>>
  minutes: number
  pass_percent: number
  attempts_a_day: number
  valid_days: number
  roles: string[]
  required: boolean
}

export interface Standing {
  standing: "not_passed" | "passed" | "expired"
  passed_at_ms: number | null
  valid_until_ms: number | null
  score_milli: number | null
  attempts: number
}

export interface ListedExam {
  code: string
  version: number
  exam: Exam
  for_me: boolean
  mine: Standing
}

export interface Choice {
  zh: string
  en: string
}

export interface Asked {
  kind: "single" | "multiple" | "true_false"
  text_zh: string
  text_en: string
  options: Choice[]
  chosen: number[]
  answer: { is_right: boolean; right: number[]; explanation_zh: string; explanation_en: string; clause: string | null; article: string | null } | null
}

export interface Sitting {
  exam: string
  begun_at_ms: number
  due_at_ms: number
  now_ms: number
  questions: Asked[]
  pass_milli: number
  result: { ended_at_ms: number; score_milli: number; passed: boolean; valid_until_ms: number | null } | null
}

export interface Question {
  kind: Asked["kind"]
  text_zh: string
  text_en: string
  options: Choice[]
  right: number[]
  explanation_zh: string
  explanation_en: string
  clause: string | null
  article: string | null
  difficulty: number
  retired: boolean
}

export interface BankQuestion {
  code: string
  version: number
  question: Question
  answers: number
  right: number
  right_milli: number | null
  discrimination_milli: number | null
  group: number
}

export interface Imported {
  added: number
  changed: number
  same: number
  skipped: { line: number; why: string }[]
}

export interface Results {
  exams: string[]
  people: { staff: string; name: string; login: string; role: string; standings: Standing[]; overdue: number }[]
}

export interface Retraining {
  id: string
  name: string
  rule: string
  reason: "room_sanctioned" | "danmaku_rejected" | "overturned"
  clause: string
  position: number
  articles: string[]
  exam: string
  due_at_ms: number
  done_at_ms: number | null
  dismissed_at_ms: number | null
  overdue: boolean
}

export const TRIGGERS = ["room_sanctioned", "danmaku_rejected", "overturned"] as const satisfies Retraining["reason"][]

export interface Rule {
  trigger: Retraining["reason"]
  clauses: string[]
  count: number
  hours: number
  roles: string[]
  articles: string[]
  exam: string
  due_days: number
  enabled: boolean
}

export interface KeptRule {
  code: string
  version: number
  rule: Rule
}

export interface Policy {
  title: string
  kind: "law" | "guideline" | "platform_rule"
  issuer: string
  number: string
  issued: string
  in_force_from: string
  url: string
  status: "draft" | "watching" | "in_force" | "repealed"
}

export interface ListedPolicy {
  code: string
  version: number
  policy: Policy
  text_number: number
  articles: number
  mapped: number
  coverage_milli: number | null
  to_check: number
}

export const KINDS = ["article", "clause", "list", "question"] as const

export interface Mapping {
  kind: (typeof KINDS)[number]
  code: string
  name?: string | null
}

export interface PolicyArticle {
  code: string
  chapter: string
  text: string
  maps: Mapping[]
  no_rule: string
  mapped: boolean
  check: { owner: string; due_at_ms: number; overdue: boolean } | null
}

export type WholePolicy = ListedPolicy & { text: PolicyArticle[] }

export interface Renewed {
  policy: WholePolicy
  changes: { code: string; change: "added" | "changed" | "removed"; before: string }[]
}

export interface PolicyTask {
  policy: string
  title: string
  article: string
  text: string
  check: { owner: string; due_at_ms: number; overdue: boolean }
}

const BASE = "/api/handbook"
const path = (...parts: (string | number)[]) => [BASE, ...parts.map((part) => encodeURIComponent(part))].join("/")

export const handbook = {
  read: (q: string) => ask<Handbook>("GET", q === "" ? BASE : `${BASE}?q=${encodeURIComponent(q)}`),
  acknowledge: (number: number) => ask<unknown>("PUT", path("acknowledged"), { number }),
  readers: () => ask<{ number: number; people: Reader[] }>("GET", path("readers")),
  versions: () => ask<Page<Version>>("GET", path("versions")),
  version: (number: number) => ask<Version & { changes: Difference[] }>("GET", path("versions", number)),
  draft: () => ask<{ articles: DraftArticle[]; changes: Difference[] }>("GET", path("draft")),
  write: (code: string, article: Article, seen: number) => ask<DraftArticle>("PUT", path("draft", code), { article, seen }),
  remove: (code: string) => ask<undefined>("DELETE", path("draft", code)),
  publish: (note: string) => ask<Version>("POST", path("versions"), { note }),
  exams: () => ask<ListedExam[]>("GET", path("exams")),
  writeExam: (code: string, exam: Exam, seen: number) => ask<unknown>("PUT", path("exams", code), { exam, seen }),
  removeExam: (code: string) => ask<undefined>("DELETE", path("exams", code)),
  begin: (exam: string) => ask<Sitting>("POST", path("exams", exam, "sitting")),
  sitting: (exam: string) => ask<Sitting>("GET", path("exams", exam, "sitting")),
  answer: (exam: string, number: number, chosen: number[]) => ask<unknown>("PUT", path("exams", exam, "sitting", "answers", number), { chosen }),
  end: (exam: string) => ask<Sitting>("POST", path("exams", exam, "sitting", "end")),
  questions: (q: string) => ask<Page<BankQuestion>>("GET", `${path("questions")}?limit=500${q === "" ? "" : `&q=${encodeURIComponent(q)}`}`),
  writeQuestion: (code: string, question: Question, seen: number) => ask<unknown>("PUT", path("questions", code), { question, seen }),
  removeQuestion: (code: string) => ask<undefined>("DELETE", path("questions", code)),
  import: (text: string) => ask<Imported>("POST", path("questions", "import"), { text }),
  exported: (format: "csv" | "json") => `${path("questions", "export")}?format=${format}`,
  results: () => ask<Results>("GET", path("results")),
  mine: () => ask<Retraining[]>("GET", path("retraining", "mine")),
  retraining: () => ask<Retraining[]>("GET", `${path("retraining")}?open=true`),
  rules: () => ask<KeptRule[]>("GET", path("retraining-rules")),
  writeRule: (code: string, rule: Rule, seen: number) => ask<KeptRule>("PUT", path("retraining-rules", code), { rule, seen }),
  removeRule: (code: string) => ask<undefined>("DELETE", path("retraining-rules", code)),
  policies: () => ask<ListedPolicy[]>("GET", path("policies")),
  policy: (code: string) => ask<WholePolicy>("GET", path("policies", code)),
  writePolicy: (code: string, policy: Policy, seen: number) => ask<WholePolicy>("PUT", path("policies", code), { policy, seen }),
  giveText: (code: string, text: string) => ask<Renewed>("PUT", path("policies", code, "text"), { text }),
  map: (code: string, article: string, maps: Mapping[], no_rule: string) =>
    ask<WholePolicy>("PUT", path("policies", code, "articles", article), { maps: maps.map(({ kind, code }) => ({ kind, code })), no_rule }),
  checks: () => ask<PolicyTask[]>("GET", path("policy-checks")),
}

/** In the reader's language; what is not there in English is read in Chinese. */
export function inLanguage(language: Language, zh: string, en: string): string {
  return language === "en" && en !== "" ? en : zh
}

/** What a key chooses: 1 to 9 are options, from 0. */
export function optionOf(key: string, options: number): number | null {
  const at = /^[1-9]$/.test(key) ? Number(key) - 1 : -1
  return at >= 0 && at < options ? at : null
}

/** What is chosen after an option was picked. */
export function picked(kind: Asked["kind"], chosen: number[], at: number): number[] {
  if (kind !== "multiple") return [at]
  return chosen.includes(at) ? chosen.filter((one) => one !== at) : [...chosen, at].sort((a, b) => a - b)
}

/** A number of thousandths as people read it. */
export function share(milli: number | null): string {
  return milli === null ? "–" : `${(milli / 10).toFixed(milli % 10 === 0 ? 0 : 1)}%`
}

// Verdicts that are given twice, as the server tells them.
import { ask, query } from "../../../api/client"
import type { components } from "../../../api/schema"

type Schemas = components["schemas"]

export type Blind = Schemas["BlindItem"]
export type Dispute = Schemas["Dispute"]
export type Reviewer = Schemas["ReviewerQuality"]

export interface Verdict {
  outcome: "pass" | "reject"
  clause?: string
}

export const quality = {
  claim: () => ask<Schemas["BlindItems"]>("POST", "/api/moderation/blind/claim", { limit: 10 }),
  second: (position: number, verdict: Verdict) => ask<undefined>("POST", `/api/moderation/blind/${position}`, verdict),
  disputes: () => ask<Dispute[]>("GET", "/api/moderation/disputes"),
  settle: (position: number, verdict: Verdict) => ask<undefined>("POST", `/api/moderation/disputes/${position}`, verdict),
  numbers: (days: number) => ask<Schemas["ReviewQuality"]>("GET", `/api/moderation/quality${query({ days })}`),
}

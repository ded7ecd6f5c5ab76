// Why the server refused, and what signs and levels are called.
import { useQuery } from "@tanstack/react-query"
import { ask } from "../../api/client"
import type { components } from "../../api/schema"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { useRefusal, type Refusal } from "../../ui/refusal"

const REFUSALS = [
  "bad_text", "not_live", "another_show", "unknown_clause", "already_decided", "bad_name", "unknown_category", "unreadable_picture", "too_plain", "sample_known",
  "too_many_samples", "beyond_your_reach", "not_now",
] as const

export function usePatrolRefusal(): Refusal {
  const { t } = useTranslation("patrol")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

/** The published rules, as a choice. */
export function useRules(): { value: string; label: string }[] {
  const language = useLanguage()
  const rules = useQuery({ queryKey: ["clauses"], queryFn: () => ask<components["schemas"]["PublishedClause"][]>("GET", "/api/public/clauses"), staleTime: Infinity })
  return rules.data?.map((one) => ({ value: one.code, label: language === "en" ? one.en : one.zh })) ?? []
}

// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = [
  "bad_code", "bad_request", "unknown_clause", "unknown_article", "unknown_exam", "too_many", "changed_meanwhile", "nothing_new", "old_version",
  "not_for_your_role", "no_more_attempts", "too_few_questions", "sitting_over", "beyond_your_reach",
] as const

export function useHandbookRefusal(): Refusal {
  const { t } = useTranslation("handbook")
  return useRefusal(REFUSALS, (code, detail) => t(`refused_${code}`, { detail }))
}

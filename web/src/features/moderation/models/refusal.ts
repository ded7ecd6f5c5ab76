// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../../ui/refusal"

const REFUSALS = [
  "bad_model", "bad_texts", "not_utf8", "bad_note", "too_few_verdicts", "model_gone", "already_so", "in_force", "too_many_shadows", "not_in_force", "bad_threshold", "bad_rules", "bad_category",
  "nothing_to_measure", "another_category", "beyond_your_reach",
] as const

export function useModelRefusal(): Refusal {
  const { t } = useTranslation("models")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = [
  "bad_name", "bad_limit", "bad_overlap", "bad_plan", "bad_item", "item_masked", "item_cut", "already_replayed", "bad_shape", "too_large", "plan_violation", "log_unavailable",
] as const

export function useCollectRefusal(): Refusal {
  const { t } = useTranslation("collect")
  return useRefusal(REFUSALS, (code, detail) => t(`refused_${code}`, { detail }))
}

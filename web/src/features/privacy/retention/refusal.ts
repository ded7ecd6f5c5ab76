// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../../ui/refusal"

export const REFUSALS = [
  "below_floor", "above_most", "unconfirmed", "bad_hold", "bad_reason", "too_many_holds", "already_released", "not_found", "bad_request", "beyond_your_reach",
] as const

export function useRetentionRefusal(): Refusal {
  const { t } = useTranslation("retention")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

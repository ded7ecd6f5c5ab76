// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

const REFUSALS = ["bad_name", "bad_category", "bad_word", "too_many_lists", "too_many_words", "not_utf8", "too_long", "not_ready", "beyond_your_reach", "higher_tier", "last_tier", "bad_why"] as const

export function useModerationRefusal(): Refusal {
  const { t } = useTranslation("moderation")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

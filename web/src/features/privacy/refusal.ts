// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = ["bad_subject", "token_invalid", "beyond_your_reach", "held"] as const

export function usePrivacyRefusal(): Refusal {
  const { t } = useTranslation("privacy")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

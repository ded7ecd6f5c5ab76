// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = ["bad_name", "bad_url", "private_address", "unknown_event", "not_replayable"] as const

export function useWebhookRefusal(): Refusal {
  const { t } = useTranslation("feed")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

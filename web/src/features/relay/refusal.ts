// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = [
  "bad_name", "bad_address", "bad_stream_key", "stream_key_needed", "private_address", "relay_circle", "too_many_relays",
] as const

export function useRelayRefusal(): Refusal {
  const { t } = useTranslation("relay")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

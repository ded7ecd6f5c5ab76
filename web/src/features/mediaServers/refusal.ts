// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = ["bad_name", "bad_pull_url", "bad_address_list"] as const

export function useServerRefusal(): Refusal {
  const { t } = useTranslation("mediaServers")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = [
  "bad_number", "bad_legal_name", "bad_name", "born_needed", "too_young", "guardian_needed", "identity_refused", "identity_taken", "not_submitted", "same_person",
  "beyond_your_reach", "already_listed", "unknown_clause", "bad_end", "no_identity", "nothing_asked", "bad_import",
  "bad_url", "private_address", "bad_secret", "secret_needed", "unknown_account", "account_taken",
] as const

export const isRefusal = (code: string): code is (typeof REFUSALS)[number] => (REFUSALS as readonly string[]).includes(code)

export function useStandingRefusal(): Refusal {
  const { t } = useTranslation("standing")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

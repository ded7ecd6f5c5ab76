// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = [
  "bad_issuer", "bad_client", "bad_policy", "bad_name", "name_taken", "unknown_role", "beyond_your_permissions", "beyond_your_reach", "empty_region",
  "sso_unavailable", "sso_stale", "sso_denied", "sso_disbelieved", "sso_not_invited", "sso_unverified", "sso_domain", "sso_account_exists",
  "sso_other_person", "sso_no_group", "sso_disabled", "sso_last_way", "wrong_password", "wrong_code", "sign_in_again", "too_many_attempts",
] as const

export function useSsoRefusal(): Refusal {
  const { t } = useTranslation("sso")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

const LOOK_CLOSER = ["sso_unavailable", "sso_disbelieved"]

/** The server's own words where they help who looks after the provider. */
export function detailOf(error: unknown): string | undefined {
  return error instanceof Problem && LOOK_CLOSER.includes(error.code) ? error.message : undefined
}

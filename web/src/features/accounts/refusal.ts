// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"

export const REFUSALS = [
  "bad_name", "bad_login", "login_taken", "name_taken", "unknown_role", "beyond_your_permissions", "beyond_your_reach", "not_yourself", "last_admin",
  "empty_region", "region_in_use", "account_disabled", "wrong_password", "wrong_code", "weak_password", "dead_link", "second_factor_needed",
  "second_factor_set", "bad_expiry", "too_many_attempts", "bad_email", "email_taken", "sso_only", "sign_in_again",
] as const

export function useAccountsRefusal(): Refusal {
  const { t } = useTranslation("accounts")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

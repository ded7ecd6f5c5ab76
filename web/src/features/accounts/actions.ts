// Actions of the audit log that have words of their own. Another is the route that was called, shown as it is.
export const ACTIONS = [
  "signed_in", "sign_in_failed", "second_factor_failed", "signed_out", "password_changed", "first_admin_created", "one_time_password_renewed",
  "staff_invited", "invitation_accepted", "staff_changed", "staff_disabled", "staff_enabled", "link_made", "password_reset",
  "region_created", "region_renamed", "team_created", "team_renamed", "team_moved",
  "second_factor_begun", "second_factor_set", "second_factor_removed", "recovery_codes_renewed", "recovery_code_used", "security_changed",
  "session_revoked", "sessions_revoked", "token_created", "token_revoked",
  "staff_came", "identity_linked", "identity_removed", "provider_created", "provider_changed", "provider_removed",
  "retention_applied", "audit_cut", "audit_redacted",
] as const

export type Action = (typeof ACTIONS)[number]

export function isAction(action: string): action is Action {
  return (ACTIONS as readonly string[]).includes(action)
}

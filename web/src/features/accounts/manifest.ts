import { feature } from "../../shell/feature"
import { KeyIcon, LogIcon, StaffIcon } from "../../ui/icons"

export const staffPage = feature({ path: "/staff", title: "accounts:staff", needs: "staff.read", icon: StaffIcon, page: () => import("./StaffPage") })
export const tokensPage = feature({ path: "/tokens", title: "accounts:tokens", needs: "token.manage", icon: KeyIcon, page: () => import("./TokensPage") })
export const auditPage = feature({ path: "/audit-log", title: "accounts:audit_log", needs: "audit.read", icon: LogIcon, page: () => import("./AuditPage") })

import { feature } from "../../shell/feature"
import { KeyIcon, LogIcon, StaffIcon } from "../../ui/icons"

export const staffPage = feature({ path: "/staff", title: { "zh-CN": "员工", en: "Staff" }, needs: "staff.read", icon: StaffIcon, page: () => import("./StaffPage") })
export const tokensPage = feature({ path: "/tokens", title: { "zh-CN": "API 令牌", en: "API tokens" }, needs: "token.manage", icon: KeyIcon, page: () => import("./TokensPage") })
export const auditPage = feature({ path: "/audit-log", title: { "zh-CN": "审计日志", en: "Audit log" }, needs: "audit.read", icon: LogIcon, page: () => import("./AuditPage") })

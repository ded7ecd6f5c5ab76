import { feature } from "../../shell/feature"
import { AuditIcon, CheckIcon } from "../../ui/icons"

export default feature({ path: "/audience", title: { "zh-CN": "观众审计", en: "Audience audit" }, needs: "metrics.read", icon: AuditIcon, page: () => import("./Page") })
export const consentPage = feature({ path: "/consent", title: { "zh-CN": "观众同意", en: "Consent" }, needs: "consent.read", icon: CheckIcon, page: () => import("./consent/Page") })

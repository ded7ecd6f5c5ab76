import { feature } from "../../shell/feature"
import { AuditIcon, CheckIcon } from "../../ui/icons"

export default feature({ path: "/audience", title: "audience:title", needs: "metrics.read", icon: AuditIcon, page: () => import("./Page") })
export const consentPage = feature({ path: "/consent", title: "consent:title", needs: "consent.read", icon: CheckIcon, page: () => import("./consent/Page") })

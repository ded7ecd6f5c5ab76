import { feature } from "../../shell/feature"
import { AuditIcon } from "../../ui/icons"

export default feature({ path: "/audience", title: { "zh-CN": "观众审计", en: "Audience audit" }, needs: "metrics.read", icon: AuditIcon, page: () => import("./Page") })

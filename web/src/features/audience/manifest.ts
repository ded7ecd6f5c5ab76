import { feature } from "../../shell/feature"
import { AuditIcon } from "../../ui/icons"

export default feature({ path: "/audience", title: "audience:title", needs: "metrics.read", icon: AuditIcon, page: () => import("./Page") })

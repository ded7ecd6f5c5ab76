import { feature } from "../../shell/feature"
import { LockIcon } from "../../ui/icons"

export default feature({ path: "/privacy", title: "privacy:privacy", needs: "privacy.erase", icon: LockIcon, page: () => import("./Page") })

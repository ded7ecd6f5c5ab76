import { feature } from "../../shell/feature"
import { LockIcon } from "../../ui/icons"

export default feature({ path: "/single-sign-on", title: "sso:title", needs: "security.manage", icon: LockIcon, page: () => import("./Page") })

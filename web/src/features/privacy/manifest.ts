import { feature } from "../../shell/feature"
import { LockIcon } from "../../ui/icons"

export default feature({ path: "/privacy", title: { "zh-CN": "隐私", en: "Privacy" }, needs: "privacy.erase", icon: LockIcon, page: () => import("./Page") })

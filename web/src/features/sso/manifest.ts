import { feature } from "../../shell/feature"
import { LockIcon } from "../../ui/icons"

export default feature({ path: "/single-sign-on", title: { "zh-CN": "单点登录", en: "Single sign-on" }, needs: "security.manage", icon: LockIcon, page: () => import("./Page") })

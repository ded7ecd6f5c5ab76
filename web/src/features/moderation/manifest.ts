import { feature } from "../../shell/feature"
import { ShieldIcon } from "../../ui/icons"

export default feature({ path: "/moderation", title: { "zh-CN": "内容安全", en: "Moderation" }, needs: "moderation.read", icon: ShieldIcon, page: () => import("./Page") })

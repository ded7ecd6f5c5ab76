import { feature } from "../../shell/feature"
import { ShieldIcon } from "../../ui/icons"

export default feature({ path: "/standing", title: { "zh-CN": "主体信用", en: "Standing" }, needs: "standing.read", icon: ShieldIcon, page: () => import("./Page") })

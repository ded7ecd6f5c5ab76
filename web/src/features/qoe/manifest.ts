import { feature } from "../../shell/feature"
import { PulseIcon } from "../../ui/icons"

export default feature({ path: "/quality", title: { "zh-CN": "体验质量", en: "Quality" }, needs: "stream.read", icon: PulseIcon, page: () => import("./Page") })

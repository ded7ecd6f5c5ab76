import { feature } from "../../shell/feature"
import { PulseIcon } from "../../ui/icons"

export default feature({ path: "/system", title: { "zh-CN": "系统告警", en: "System alarms" }, needs: "system.read", icon: PulseIcon, page: () => import("./Page") })

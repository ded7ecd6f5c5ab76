import { feature } from "../../shell/feature"
import { PulseIcon } from "../../ui/icons"

export default feature({ path: "/system", title: "system:system", needs: "system.read", icon: PulseIcon, page: () => import("./Page") })

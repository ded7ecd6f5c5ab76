import { feature } from "../../shell/feature"
import { PulseIcon } from "../../ui/icons"

export default feature({ path: "/quality", title: "qoe:quality", needs: "stream.read", icon: PulseIcon, page: () => import("./Page") })

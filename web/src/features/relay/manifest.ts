import { feature } from "../../shell/feature"
import { RelayIcon } from "../../ui/icons"

export default feature({ path: "/relays", title: { "zh-CN": "多平台推流", en: "Relays" }, needs: "stream.read", icon: RelayIcon, page: () => import("./Page") })

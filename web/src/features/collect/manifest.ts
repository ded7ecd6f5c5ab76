import { feature } from "../../shell/feature"
import { CollectIcon } from "../../ui/icons"

export default feature({ path: "/collect", title: { "zh-CN": "采集源", en: "Event sources" }, needs: "source.read", icon: CollectIcon, page: () => import("./Page") })

import { feature } from "../../shell/feature"
import { StudioIcon } from "../../ui/icons"

export default feature({ path: "/studio", title: { "zh-CN": "主播工作台", en: "Studio" }, needs: "stream.check", icon: StudioIcon, page: () => import("./Page") })

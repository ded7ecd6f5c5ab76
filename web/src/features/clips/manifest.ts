import { feature } from "../../shell/feature"
import { ClipIcon } from "../../ui/icons"

export default feature({ path: "/clips", title: { "zh-CN": "切片", en: "Clips" }, needs: "stream.read", icon: ClipIcon, page: () => import("./Page") })

import { feature } from "../../shell/feature"
import { ChartIcon } from "../../ui/icons"

export default feature({ path: "/live", title: { "zh-CN": "实时大屏", en: "Live screen" }, needs: "metrics.read", icon: ChartIcon, page: () => import("./Page") })

import { feature } from "../../shell/feature"
import { ChartIcon } from "../../ui/icons"

export default feature({ path: "/live", title: "analytics:live_screen", needs: "metrics.read", icon: ChartIcon, page: () => import("./Page") })

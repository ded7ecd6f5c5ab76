import { feature } from "../../shell/feature"
import { EyeIcon } from "../../ui/icons"

export default feature({ path: "/patrol", title: { "zh-CN": "监看墙", en: "Monitor wall" }, needs: "patrol.read", icon: EyeIcon, page: () => import("./Page") })

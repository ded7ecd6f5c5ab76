import { feature } from "../../shell/feature"
import { DanmakuIcon } from "../../ui/icons"

export default feature({ path: "/danmaku", title: "danmaku:danmaku", needs: "danmaku.read", icon: DanmakuIcon, page: () => import("./Page") })

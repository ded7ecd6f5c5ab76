import { feature } from "../../shell/feature"
import { DanmakuIcon } from "../../ui/icons"

export default feature({ path: "/danmaku", title: { "zh-CN": "弹幕", en: "Danmaku" }, needs: "danmaku.read", icon: DanmakuIcon, page: () => import("./Page") })

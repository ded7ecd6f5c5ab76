import { feature } from "../../shell/feature"
import { BookIcon } from "../../ui/icons"

export default feature({ path: "/handbook", title: { "zh-CN": "合规手册", en: "Handbook" }, needs: "handbook.read", icon: BookIcon, page: () => import("./Page") })

import { feature } from "../../shell/feature"
import { SourcesIcon } from "../../ui/icons"

export default feature({ path: "/sources", title: { "zh-CN": "推流与备路", en: "Sources" }, needs: "stream.read", icon: SourcesIcon, page: () => import("./Page") })

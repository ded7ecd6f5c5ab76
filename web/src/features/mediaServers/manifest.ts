import { feature } from "../../shell/feature"
import { ServersIcon } from "../../ui/icons"

export default feature({ path: "/media-servers", title: { "zh-CN": "媒体服务器", en: "Media servers" }, needs: "media_server.manage", icon: ServersIcon, page: () => import("./Page") })

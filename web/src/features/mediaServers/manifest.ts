import { feature } from "../../shell/feature"
import { ServersIcon } from "../../ui/icons"

export default feature({ path: "/media-servers", title: "mediaServers:servers", needs: "media_server.manage", icon: ServersIcon, page: () => import("./Page") })

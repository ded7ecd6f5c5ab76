import { feature } from "../../shell/feature"
import { RelayIcon } from "../../ui/icons"

export default feature({ path: "/relays", title: "relay:relays", needs: "stream.read", icon: RelayIcon, page: () => import("./Page") })

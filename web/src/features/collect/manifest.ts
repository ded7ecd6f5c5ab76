import { feature } from "../../shell/feature"
import { CollectIcon } from "../../ui/icons"

export default feature({ path: "/collect", title: "collect:sources", needs: "source.read", icon: CollectIcon, page: () => import("./Page") })

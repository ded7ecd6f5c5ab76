import { feature } from "../../shell/feature"
import { RelayIcon } from "../../ui/icons"

export default feature({ path: "/webhooks", title: "feed:webhooks", needs: "webhook.read", icon: RelayIcon, page: () => import("./Page") })

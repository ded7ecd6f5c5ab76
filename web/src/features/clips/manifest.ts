import { feature } from "../../shell/feature"
import { ClipIcon } from "../../ui/icons"

export default feature({ path: "/clips", title: "clips:clips", needs: "stream.read", icon: ClipIcon, page: () => import("./Page") })

import { feature } from "../../shell/feature"
import { SourcesIcon } from "../../ui/icons"

export default feature({ path: "/sources", title: "slate:sources", needs: "stream.read", icon: SourcesIcon, page: () => import("./Page") })

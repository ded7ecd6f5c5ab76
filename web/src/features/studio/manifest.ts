import { feature } from "../../shell/feature"
import { StudioIcon } from "../../ui/icons"

export default feature({ path: "/studio", title: "studio:studio", needs: "stream.check", icon: StudioIcon, page: () => import("./Page") })

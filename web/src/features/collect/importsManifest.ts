import { feature } from "../../shell/feature"
import { ImportIcon } from "../../ui/icons"

export default feature({ path: "/imports", title: "imports:imports", needs: "import.write", icon: ImportIcon, page: () => import("./ImportsPage") })

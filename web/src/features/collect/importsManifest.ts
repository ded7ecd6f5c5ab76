import { feature } from "../../shell/feature"
import { ImportIcon } from "../../ui/icons"

export default feature({ path: "/imports", title: { "zh-CN": "导入", en: "Imports" }, needs: "import.write", icon: ImportIcon, page: () => import("./ImportsPage") })

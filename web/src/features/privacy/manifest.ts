import { feature } from "../../shell/feature"
import { HistoryIcon, LockIcon } from "../../ui/icons"

export default feature({ path: "/privacy", title: { "zh-CN": "隐私", en: "Privacy" }, needs: "privacy.erase", icon: LockIcon, page: () => import("./Page") })
export const retentionPage = feature({ path: "/retention", title: { "zh-CN": "保存期限", en: "Retention" }, needs: "privacy.retain", icon: HistoryIcon, page: () => import("./retention/Page") })

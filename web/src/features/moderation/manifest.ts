import { feature } from "../../shell/feature"
import { CheckIcon, LedgerIcon, ShieldIcon } from "../../ui/icons"

export default feature({ path: "/moderation", title: { "zh-CN": "内容安全", en: "Moderation" }, needs: "moderation.read", icon: ShieldIcon, page: () => import("./Page") })
export const ledgerPage = feature({ path: "/ledger", title: { "zh-CN": "存证账本", en: "Ledger" }, needs: "ledger.read", icon: LedgerIcon, page: () => import("./ledger/Page") })
export const clearancePage = feature({ path: "/clearance", title: { "zh-CN": "开播前审核", en: "Clearance" }, needs: "moderation.read", icon: CheckIcon, page: () => import("./clearance/Page") })

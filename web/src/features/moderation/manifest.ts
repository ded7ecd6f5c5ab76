import { feature } from "../../shell/feature"
import { LedgerIcon, ShieldIcon } from "../../ui/icons"

export default feature({ path: "/moderation", title: { "zh-CN": "内容安全", en: "Moderation" }, needs: "moderation.read", icon: ShieldIcon, page: () => import("./Page") })
export const ledgerPage = feature({ path: "/ledger", title: { "zh-CN": "存证账本", en: "Ledger" }, needs: "ledger.read", icon: LedgerIcon, page: () => import("./ledger/Page") })

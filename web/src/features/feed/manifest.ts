import { feature } from "../../shell/feature"
import { RelayIcon } from "../../ui/icons"

export default feature({ path: "/webhooks", title: { "zh-CN": "事件推送", en: "Webhooks" }, needs: "webhook.read", icon: RelayIcon, page: () => import("./Page") })

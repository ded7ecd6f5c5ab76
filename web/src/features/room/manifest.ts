import { feature } from "../../shell/feature"
import { RoomsIcon } from "../../ui/icons"

export default feature({ path: "/rooms", title: { "zh-CN": "直播间", en: "Rooms" }, needs: "room.read", icon: RoomsIcon, page: () => import("./Page") })

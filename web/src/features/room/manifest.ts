import { feature } from "../../shell/feature"
import { RoomsIcon } from "../../ui/icons"

export default feature({ path: "/rooms", title: "room:rooms", needs: "room.read", icon: RoomsIcon, page: () => import("./Page") })

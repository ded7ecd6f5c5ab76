// Entry of the room page `/r/{room}`, and of its replays `/r/{room}?replay={broadcast}`: light on purpose, no antd, no router; the player's library comes when the room is live.
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import "../../../ui/tokens.css"
import "./room.css"
import { startI18n } from "../../../ui/i18n"
import { RoomPage } from "./RoomPage"
import { viewerTexts } from "./texts"

startI18n({ viewer: viewerTexts })

const room = decodeURIComponent(/^\/r\/([^/]+)/.exec(location.pathname)?.[1] ?? "")
const asked = new URLSearchParams(location.search)
const replay = asked.get("replay")
// A moment of it, ms since 1970: where somebody was sent by a link.
const moment = /^\d{1,15}$/.test(asked.get("at") ?? "") ? Number(asked.get("at")) : null
const root = document.getElementById("root")
if (root) {
  createRoot(root).render(
    <StrictMode>
      <RoomPage room={room} replay={replay} moment={moment} />
    </StrictMode>,
  )
}

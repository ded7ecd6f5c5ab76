// What covers the picture when there is none to show, and the quiet word over one that is not the usual.
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { PlayerState } from "../../media/state"
import type { RoomState } from "../socket/client"
import type { View } from "./session"

const NOTICE_MS = 6000

export function Veil({ room, player, view }: { room: RoomState; player: PlayerState; view: View }) {
  const { t } = useTranslation("viewer")
  if (player.unsupported !== null) {
    const codec = player.unsupported === "codec"
    return <Word name="unsupported" title={t(codec ? "codec" : "unsupported")} hint={t(codec ? "codec_hint" : "unsupported_hint")} />
  }
  if (view.mode !== "live") return <RecordedVeil room={room} player={player} view={view} />
  const picture = player.phase === "playing" || player.phase === "paused"
  if (picture && room.live) return null
  if (room.phase === "connecting" && player.phase === "idle") return <div className="veil"><Spinner /><p>{t("loading")}</p></div>
  if (!room.live) {
    if (player.phase === "playing" || player.phase === "stalled") return null
    const ended = player.phase === "ended" || room.broadcast !== null
    return <Word name={ended ? "ended" : "not_started"} title={t(ended ? "ended" : "not_started")} hint={t(ended ? "ended_hint" : "not_started_hint")} latest={view.replays[0]?.broadcast_id} />
  }
  if (room.interrupted || player.phase === "ended") return <Word name="away" title={t("away")} hint={t("away_hint")} />
  // On air, but the first picture is still on its way: nothing is wrong.
  if (player.phase === "idle" || player.phase === "loading") {
    const lost = room.phase === "reconnecting"
    return <Waiting name={lost ? "reconnecting" : "starting"} text={t(lost ? "reconnecting" : "starting")} />
  }
  return <Waiting name="reconnecting" thin={player.failure === null} text={player.failure === null ? null : t("reconnecting")} />
}

function RecordedVeil({ room, player, view }: { room: RoomState; player: PlayerState; view: View }) {
  const { t } = useTranslation("viewer")
  if (view.replay === "missing") return <Word name="no_replay" title={t("no_replay")} hint={t("no_replay_hint")} latest={view.replays[0]?.broadcast_id} />
  if (player.phase === "idle" || player.phase === "loading") return <Waiting name="starting" text={player.failure === null ? null : t("reconnecting")} />
  if (player.phase === "stalled") return <Waiting name="buffering" thin text={null} />
  if (player.phase === "ended" && view.mode === "rewind" && !room.live) return <Word name="ended" title={t("ended")} hint={t("ended_hint")} latest={view.replays[0]?.broadcast_id} />
  return null
}

function Word({ name, title, hint, latest }: { name: string; title: string; hint: string; latest?: string | undefined }) {
  const { t } = useTranslation("viewer")
  return (
    <div className="veil" role="status" data-veil={name}>
      <strong>{title}</strong>
      <p>{hint}</p>
      {latest !== undefined && <a className="veil-link" href={`?replay=${encodeURIComponent(latest)}`}>{t("watch_replay")}</a>}
    </div>
  )
}

function Waiting({ name, text, thin = false }: { name: string; text: string | null; thin?: boolean }) {
  return (
    <div className={thin ? "veil thin" : "veil"} role="status" data-veil={name}>
      <Spinner />
      {text !== null && <p>{text}</p>}
    </div>
  )
}

function Spinner() {
  return <span className="spinner" aria-hidden="true" />
}

/** Says calmly what the picture is while it is not the host's own: as long as that lasts, or once. */
export function Notice({ room, showing }: { room: RoomState; showing: boolean }) {
  const { t } = useTranslation("viewer")
  const passed = usePassed(room.source)
  if (!room.live || !showing) return null
  if (room.source === "slate") return <span className="notice" role="status" data-notice="slate"><i className="pulse" />{t("slate")}</span>
  if (room.source === "backup" && !passed) return <span className="notice" role="status" data-notice="backup">{t("backup")}</span>
  return null
}

// True once a value stood for a while.
function usePassed(value: unknown): boolean {
  const [passed, setPassed] = useState<unknown>(null)
  useEffect(() => {
    const timer = setTimeout(() => setPassed(value), NOTICE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return passed === value && value !== null
}

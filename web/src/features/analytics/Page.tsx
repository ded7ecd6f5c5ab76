// The live screen 实时大屏 of one show: figures, curve, danmaku, preview. Which room and show stands in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Select } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { useNow } from "../../ui/Ago"
import { clock, dateTime } from "../../ui/format"
import { LinkIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { Curve } from "./Curve"
import { DanmakuPanel } from "./DanmakuPanel"
import { Preview } from "./Preview"
import { ofBroadcast, TONES, unusualSource } from "../room/state"
import { RoomAdmission } from "../standing/RoomAdmission"
import { Tiles } from "./Tiles"

interface Search {
  room?: string
  broadcast?: string
}

export default function Page() {
  const { t } = useTranslation("analytics")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 10_000 })
  const choose = (next: Search) => void navigate({ to: "/live", search: next })

  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const sorted = [...rooms.data.items].sort((a, b) => Number(b.live) - Number(a.live))
  const room = search.room ?? (sorted.length === 1 ? sorted[0]?.id : undefined)
  if (room === undefined) return <ChooseRoom rooms={sorted} choose={choose} />
  return <RoomScreen key={room} room={room} broadcast={search.broadcast} rooms={sorted} choose={choose} title={t("live_screen")} />
}

function ChooseRoom({ rooms, choose }: { rooms: Room[]; choose: (search: Search) => void }) {
  const { t } = useTranslation("analytics")
  const { t: tr } = useTranslation("room")
  if (rooms.length === 0) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  return (
    <>
      <div className="page-head"><h1>{t("choose_room")}</h1><span className="quiet">{t("choose_hint")}</span></div>
      <ul className="choices">
        {rooms.map((room) => (
          <li key={room.id}>
            <button type="button" onClick={() => choose({ room: room.id })}>
              <span className="choice-title">{room.title}</span>
              {room.live ? <Pill tone="live">{tr("live")}</Pill> : <Pill tone="quiet">{tr("off")}</Pill>}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

interface ScreenProps {
  room: string
  broadcast: string | undefined
  rooms: Room[]
  choose: (search: Search) => void
  title: string
}

function RoomScreen({ room, broadcast, rooms, choose, title }: ScreenProps) {
  const { t } = useTranslation("analytics")
  const { t: tr } = useTranslation("room")
  const me = useMe()
  const current = useQuery({ queryKey: ["room", room], queryFn: () => api.room(room), refetchInterval: 5000 })
  const shows = useQuery({ queryKey: ["broadcasts", room, current.data?.broadcast_id], queryFn: () => api.broadcasts(room), refetchInterval: 5000, placeholderData: (old) => old })
  if (current.isPending || shows.isPending) return <Loading rows={10} />
  if (!current.data || !shows.data) return <Failed error={current.error ?? shows.error} retry={() => void current.refetch()} />
  const show = shows.data.items.find((one) => one.id === (broadcast ?? current.data.broadcast_id)) ?? (broadcast ? undefined : shows.data.items[0])
  const source = unusualSource(current.data)
  const readsDanmaku = me.data !== undefined && may(me.data, "danmaku.read")

  return (
    <div className="screen">
      <div className="page-head">
        <h1 className="sr">{title}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room} showSearch={{ optionFilterProp: "label" }}
          options={withCurrent(rooms, current.data).map((one) => ({ value: one.id, label: one.title }))} onChange={(next: string) => choose({ room: next })}
        />
        {show && <Pill tone={TONES[ofBroadcast(show.state)]}>{show.state === "ended" ? tr("last_ended") : tr(ofBroadcast(show.state))}</Pill>}
        {source !== null && show?.state !== "ended" && <Pill tone="warn">{tr(`on_${source}`)}</Pill>}
        {show && <ShowTime show={show} />}
        <span className="spring" />
        <a href={`/r/${room}`} target="_blank" rel="noreferrer" className="head-link"><LinkIcon size={15} /> {t("room_page")}</a>
        {shows.data.items.length > 0 && (
          <Select
            className="show-select" aria-label={t("broadcast")} value={show?.id ?? null} popupMatchSelectWidth={false}
            options={shows.data.items.map((one) => ({ value: one.id, label: showLabel(one, t("current"), t("imported")) }))}
            onChange={(next) => choose(next === current.data.broadcast_id ? { room } : { room, broadcast: next })}
          />
        )}
      </div>
      <RoomAdmission room={room} refusedOnly />
      {show ? (
        <div className="screen-grid">
          <div className="screen-left">
            <Tiles key={show.id} show={show} />
            <Curve show={show} />
          </div>
          <div className="screen-right">
            <Preview key={show.id} room={room} show={show} />
            {readsDanmaku && <DanmakuPanel key={`d${show.id}`} show={show} />}
          </div>
        </div>
      ) : (
        <div className="panel"><Message title={t("no_broadcast")} hint={t("no_broadcast_hint")} /></div>
      )}
    </div>
  )
}

function ShowTime({ show }: { show: Broadcast }) {
  const { t } = useTranslation("analytics")
  const now = useNow()
  const end = show.ended_at ?? now
  return (
    <span className="show-time num">
      <span className="show-clock">{clock(Math.max(0, end - show.started_at))}</span>
      <span className="quiet">{t("started", { at: dateTime(show.started_at) })}</span>
      {show.ended_at != null && <span className="quiet">{t("ended_at", { at: dateTime(show.ended_at) })}</span>}
    </span>
  )
}

function showLabel(show: Broadcast, current: string, imported: string): string {
  const parts = [dateTime(show.started_at)]
  if (show.ended_at == null) parts.push(current)
  else parts.push(clock(show.ended_at - show.started_at))
  if (show.source === "import") parts.push(imported)
  return parts.join(" · ")
}

function withCurrent(rooms: Room[], current: Room): Room[] {
  return rooms.some((room) => room.id === current.id) ? rooms : [current, ...rooms]
}

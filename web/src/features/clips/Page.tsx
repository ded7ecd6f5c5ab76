// Cutting clips 切片 from a show, also while it is on air. Which room and show stands in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Select } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Room } from "../../api/types"
import { clock, dateTime } from "../../ui/format"
import { LinkIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { ofBroadcast, TONES } from "../room/state"
import "./clips.css"
import { Editor } from "./Editor"

interface Search {
  room?: string
  broadcast?: string
}

export default function Page() {
  const { t } = useTranslation("clips")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 10_000 })
  const choose = (next: Search) => void navigate({ to: "/clips", search: next })

  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const sorted = [...rooms.data.items].sort((a, b) => Number(b.live) - Number(a.live))
  const room = search.room ?? (sorted.length === 1 ? sorted[0]?.id : undefined)
  if (sorted.length === 0) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  if (room === undefined) return <ChooseRoom rooms={sorted} choose={choose} />
  return <OfRoom key={room} room={room} broadcast={search.broadcast} rooms={sorted} choose={choose} />
}

function ChooseRoom({ rooms, choose }: { rooms: Room[]; choose: (search: Search) => void }) {
  const { t } = useTranslation("clips")
  return (
    <>
      <div className="page-head"><h1>{t("choose_room")}</h1><span className="quiet">{t("choose_hint")}</span></div>
      <ul className="choices">
        {rooms.map((room) => (
          <li key={room.id}>
            <button type="button" onClick={() => choose({ room: room.id })}>
              <span className="choice-title">{room.title}</span>
              {room.live && <Pill tone="live">{t("live")}</Pill>}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

interface OfRoomProps {
  room: string
  broadcast: string | undefined
  rooms: Room[]
  choose: (search: Search) => void
}

function OfRoom({ room, broadcast, rooms, choose }: OfRoomProps) {
  const { t } = useTranslation("clips")
  const { t: tr } = useTranslation("room")
  const current = useQuery({ queryKey: ["room", room], queryFn: () => api.room(room), refetchInterval: 5000 })
  const shows = useQuery({ queryKey: ["broadcasts", room, current.data?.broadcast_id], queryFn: () => api.broadcasts(room), refetchInterval: 5000, placeholderData: (old) => old })
  if (current.isPending || shows.isPending) return <Loading rows={10} />
  if (!current.data || !shows.data) return <Failed error={current.error ?? shows.error} retry={() => void current.refetch()} />
  const streamed = shows.data.items.filter((one) => one.source === "stream")
  const show = streamed.find((one) => one.id === (broadcast ?? current.data.broadcast_id)) ?? (broadcast ? undefined : streamed[0])
  const all = rooms.some((one) => one.id === room) ? rooms : [current.data, ...rooms]

  return (
    <div className="screen">
      <div className="page-head">
        <h1 className="sr">{t("clips")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room} showSearch={{ optionFilterProp: "label" }}
          options={all.map((one) => ({ value: one.id, label: one.title }))} onChange={(next: string) => choose({ room: next })}
        />
        {streamed.length > 0 && (
          <Select
            className="show-select" aria-label={t("broadcast")} value={show?.id ?? null} popupMatchSelectWidth={false}
            options={streamed.map((one) => ({ value: one.id, label: label(one, t("current")) }))}
            onChange={(next) => choose(next === current.data.broadcast_id ? { room } : { room, broadcast: next })}
          />
        )}
        {show && <Pill tone={TONES[ofBroadcast(show.state)]}>{show.state === "ended" ? tr("last_ended") : tr(ofBroadcast(show.state))}</Pill>}
        <span className="spring" />
        {show?.state === "ended" && <a href={`/r/${room}?replay=${show.id}`} target="_blank" rel="noreferrer" className="head-link"><LinkIcon size={15} /> {t("open_replay")}</a>}
      </div>
      {show ? <Editor key={show.id} room={room} show={show} /> : <div className="panel"><Message title={t("no_broadcast")} hint={t("no_broadcast_hint")} /></div>}
    </div>
  )
}

function label(show: Broadcast, current: string): string {
  return `${dateTime(show.started_at)} · ${show.ended_at == null ? current : clock(show.ended_at - show.started_at)}`
}

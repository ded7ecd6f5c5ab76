// A room's sources 推流与备路: what is on air, switching by hand, where encoders push to, and the slate. The room stands in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Select } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { LadderPanel } from "../ladder/LadderPanel"
import { shownState, TONES } from "../room/state"
import { slateApi } from "./api"
import { Lines } from "./Lines"
import { PushAddresses } from "./PushAddresses"
import { SlateForm } from "./SlateForm"
import "./slate.css"

interface Search {
  room?: string
}

export default function Page() {
  const { t } = useTranslation("slate")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 10_000 })
  const choose = (room: string) => void navigate({ to: "/sources", search: { room } })

  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const sorted = [...rooms.data.items].sort((a, b) => Number(b.live) - Number(a.live))
  const room = search.room ?? (sorted.length === 1 ? sorted[0]?.id : undefined)
  if (sorted.length === 0) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  if (room === undefined) return <ChooseRoom rooms={sorted} choose={choose} />
  return <OfRoom key={room} id={room} rooms={sorted} choose={choose} />
}

function ChooseRoom({ rooms, choose }: { rooms: Room[]; choose: (room: string) => void }) {
  const { t } = useTranslation("slate")
  const { t: tr } = useTranslation("room")
  return (
    <>
      <div className="page-head"><h1>{t("choose_room")}</h1><span className="quiet">{t("choose_hint")}</span></div>
      <ul className="choices">
        {rooms.map((room) => (
          <li key={room.id}>
            <button type="button" onClick={() => choose(room.id)}>
              <span className="choice-title">{room.title}</span>
              <Pill tone={TONES[shownState(room)]}>{tr(shownState(room))}</Pill>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function OfRoom({ id, rooms, choose }: { id: string; rooms: Room[]; choose: (room: string) => void }) {
  const { t } = useTranslation("slate")
  const { t: tr } = useTranslation("room")
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "stream.manage")
  const room = useQuery({ queryKey: ["room", id], queryFn: () => api.room(id), refetchInterval: 5000 })
  const sources = useQuery({ queryKey: ["sources", id], queryFn: () => slateApi.sources(id), refetchInterval: 1000 })
  const slate = useQuery({ queryKey: ["slate", id], queryFn: () => slateApi.slate(id) })
  if (room.isPending || sources.isPending || slate.isPending) return <Loading rows={10} />
  if (!room.data || !sources.data || !slate.data) return <Failed error={room.error ?? sources.error ?? slate.error} retry={() => void room.refetch()} />
  const all = rooms.some((one) => one.id === id) ? rooms : [room.data, ...rooms]
  const state = shownState(room.data)
  return (
    <>
      <div className="page-head">
        <h1 className="sr">{t("sources")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={id} showSearch={{ optionFilterProp: "label" }}
          options={all.map((one) => ({ value: one.id, label: one.title }))} onChange={choose}
        />
        <Pill tone={TONES[state]}>{tr(state)}</Pill>
      </div>
      <div className="sources">
        <div className="sources-main">
          <Lines room={id} sources={sources.data} slate={slate.data} manages={manages} />
          <LadderPanel room={id} manages={manages} />
          <PushAddresses port={sources.data.push_port ?? 1935} />
        </div>
        <SlateForm key={slate.data.upload?.id ?? "none"} room={id} slate={slate.data} manages={manages} />
      </div>
    </>
  )
}

// The quality 体验质量 of one show: figures against targets, the timeline, who it went worst for, what encoders send; and of
// all rooms side by side. Room, show, comparison and tab stand in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented, Select } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Room } from "../../api/types"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { ofBroadcast, TONES } from "../room/state"
import { AgainstPicker } from "./AgainstPicker"
import { AlarmsTab } from "./AlarmsTab"
import { Breakdown } from "./Breakdown"
import { CoverageTab } from "./CoverageTab"
import { IngestTab } from "./IngestTab"
import { Overview } from "./Overview"
import "./qoe.css"
import { RoomsTab } from "./RoomsTab"
import { Viewers } from "./Viewers"
import { showLabel } from "./words"

const TABS = ["overview", "by", "viewers", "ingest", "alarms", "rooms", "coverage"] as const
type Tab = (typeof TABS)[number]
/** Tabs that speak of a show that can be compared with another. */
const COMPARED: readonly Tab[] = ["overview", "by"]

interface Search {
  room?: string | undefined
  broadcast?: string | undefined
  against?: string | undefined
  against_room?: string | undefined
  tab?: Tab | undefined
}

export default function Page() {
  const { t } = useTranslation("qoe")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 10_000 })
  const choose = (next: Search) => void navigate({ to: "/quality", search: next })

  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  if (rooms.data.items.length === 0) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  const sorted = [...rooms.data.items].sort((a, b) => Number(b.live) - Number(a.live))
  const room = sorted.find((one) => one.id === search.room)
  if (!room && search.room !== undefined) return <OtherRoom id={search.room} rooms={sorted} search={search} choose={choose} />
  const shown = room ?? sorted[0]
  return shown ? <RoomQuality key={shown.id} room={shown} rooms={sorted} search={search} choose={choose} /> : null
}

/** A room that is not among the newest. */
function OtherRoom({ id, ...rest }: { id: string } & Omit<RoomProps, "room">) {
  const room = useQuery({ queryKey: ["room", id], queryFn: () => api.room(id), refetchInterval: 10_000 })
  if (room.isPending) return <Loading rows={8} />
  if (!room.data) return <Failed error={room.error} retry={() => void room.refetch()} />
  return <RoomQuality key={id} {...rest} room={room.data} rooms={[room.data, ...rest.rooms]} />
}

interface RoomProps {
  room: Room
  rooms: Room[]
  search: Search
  choose: (search: Search) => void
}

function RoomQuality({ room, rooms, search, choose }: RoomProps) {
  const { t } = useTranslation("qoe")
  const { t: tr } = useTranslation("room")
  const shows = useQuery({ queryKey: ["broadcasts", room.id], queryFn: () => api.broadcasts(room.id), refetchInterval: 10_000 })
  if (shows.isPending) return <Loading rows={10} />
  if (!shows.data) return <Failed error={shows.error} retry={() => void shows.refetch()} />
  // Other platforms' shows bring no reports.
  const own = shows.data.items.filter((one) => one.source === "stream")
  const show = own.find((one) => one.id === search.broadcast) ?? own[0]
  const against = search.against !== undefined && search.against !== show?.id ? { broadcast: search.against, room: search.against_room ?? room.id } : undefined
  const tab = TABS.find((one) => one === search.tab) ?? "overview"
  const here: Search = { room: room.id, broadcast: search.broadcast, against: search.against, against_room: search.against_room, tab }

  return (
    <div className="screen">
      <div className="page-head">
        <h1 className="sr">{t("quality")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room.id} showSearch={{ optionFilterProp: "label" }}
          options={rooms.map((one) => ({ value: one.id, label: one.title }))} onChange={(next: string) => choose({ room: next, against: search.against, against_room: search.against && (search.against_room ?? room.id), tab })}
        />
        {show && <Pill tone={TONES[ofBroadcast(show.state)]}>{show.state === "ended" ? tr("last_ended") : tr(ofBroadcast(show.state))}</Pill>}
        <span className="spring" />
        {own.length > 0 && (
          <Select
            className="show-select" aria-label={t("show")} value={show?.id ?? null} popupMatchSelectWidth={false}
            options={own.map((one) => ({ value: one.id, label: showLabel(one, t("current")) }))} onChange={(next: string) => choose({ ...here, broadcast: next })}
          />
        )}
        {show && COMPARED.includes(tab) && (
          <AgainstPicker
            key={room.id} rooms={rooms} here={{ room: room.id, broadcast: show.id }} value={against}
            change={(next) => choose({ ...here, against: next?.broadcast, against_room: next?.room })}
          />
        )}
      </div>
      <div className="quality-tabs">
        <Segmented<Tab>
          value={tab} onChange={(next) => choose({ ...here, tab: next })}
          options={TABS.map((one) => ({ value: one, label: t(`tab_${one}`) }))}
        />
      </div>
      {content()}
    </div>
  )

  function content(): React.ReactNode {
    switch (tab) {
      case "overview":
        return ofShow((one) => <Overview key={one.id} show={one} against={against?.broadcast} />)
      case "by":
        return ofShow((one) => <Breakdown show={one} against={against?.broadcast} />)
      case "viewers":
        return ofShow((one) => <Viewers key={one.id} show={one} />)
      case "ingest":
        return <IngestTab room={room.id} />
      case "alarms":
        return <AlarmsTab room={room.id} />
      case "rooms":
        return <RoomsTab rooms={rooms} />
      case "coverage":
        return <CoverageTab />
    }
  }

  function ofShow(content: (show: Broadcast) => React.ReactNode) {
    return show ? content(show) : <Message title={t("no_show")} hint={t("no_show_hint")} />
  }
}

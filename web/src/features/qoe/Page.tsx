// The quality 体验质量 of one show: figures against targets, the timeline, who it went worst for, what encoders send.
// Room, show, comparison and tab stand in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented, Select } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Room } from "../../api/types"
import { clock, dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { ofBroadcast, TONES } from "../room/state"
import { AlarmsTab } from "./AlarmsTab"
import { Breakdown } from "./Breakdown"
import { CoverageTab } from "./CoverageTab"
import { IngestTab } from "./IngestTab"
import { Overview } from "./Overview"
import "./qoe.css"
import { Worst } from "./Worst"

const TABS = ["overview", "by", "plays", "ingest", "alarms", "coverage"] as const
type Tab = (typeof TABS)[number]

interface Search {
  room?: string | undefined
  broadcast?: string | undefined
  against?: string | undefined
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
  const room = sorted.find((one) => one.id === search.room) ?? sorted[0]
  if (!room) return null
  return <RoomQuality key={room.id} room={room} rooms={sorted} search={search} choose={choose} />
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
  const against = own.find((one) => one.id === search.against && one.id !== show?.id)
  const tab = TABS.find((one) => one === search.tab) ?? "overview"
  const here: Search = { room: room.id, broadcast: search.broadcast, against: search.against, tab }

  return (
    <div className="screen">
      <div className="page-head">
        <h1 className="sr">{t("quality")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room.id} showSearch={{ optionFilterProp: "label" }}
          options={rooms.map((one) => ({ value: one.id, label: one.title }))} onChange={(next: string) => choose({ room: next, tab })}
        />
        {show && <Pill tone={TONES[ofBroadcast(show.state)]}>{show.state === "ended" ? tr("last_ended") : tr(ofBroadcast(show.state))}</Pill>}
        <span className="spring" />
        {own.length > 0 && (
          <Select
            className="show-select" aria-label={t("show")} value={show?.id ?? null} popupMatchSelectWidth={false}
            options={own.map((one) => ({ value: one.id, label: label(one, t("current")) }))} onChange={(next: string) => choose({ ...here, broadcast: next })}
          />
        )}
        {own.length > 1 && (
          <Select
            className="show-select" aria-label={t("against")} value={against?.id ?? ""} popupMatchSelectWidth={false}
            options={[{ value: "", label: `${t("against")}: ${t("against_none")}` }, ...own.filter((one) => one.id !== show?.id).map((one) => ({ value: one.id, label: `${t("against")}: ${label(one, t("current"))}` }))]}
            onChange={(next: string) => choose({ ...here, against: next || undefined })}
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
        return ofShow((one) => <Overview key={one.id} show={one} against={against} />)
      case "by":
        return ofShow((one) => <Breakdown show={one} />)
      case "plays":
        return ofShow((one) => <Worst show={one} />)
      case "ingest":
        return <IngestTab room={room.id} />
      case "alarms":
        return <AlarmsTab room={room.id} />
      case "coverage":
        return <CoverageTab />
    }
  }

  function ofShow(content: (show: Broadcast) => React.ReactNode) {
    return show ? content(show) : <Message title={t("no_show")} hint={t("no_show_hint")} />
  }
}

function label(show: Broadcast, current: string): string {
  return [dateTime(show.started_at), show.ended_at == null ? current : clock(show.ended_at - show.started_at)].join(" · ")
}

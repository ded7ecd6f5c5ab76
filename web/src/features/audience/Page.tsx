// The audience audit 观众审计 of one show. Which room, show and list stands in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Select } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Room } from "../../api/types"
import { clock, dateTime } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { ShowAudit } from "./ShowAudit"

export interface Search {
  room?: string
  broadcast?: string
  verdict?: string
}

export default function Page() {
  const { t } = useTranslation("audience")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const choose = (next: Search) => void navigate({ to: "/audience", search: next })
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 10_000 })
  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const sorted = [...rooms.data.items].sort((a, b) => Number(b.live) - Number(a.live))
  if (sorted.length === 0) return <Message title={t("no_rooms")} />
  const room = search.room ?? sorted[0]?.id ?? ""
  return <RoomAudit key={room} room={room} rooms={sorted} search={search} choose={choose} />
}

function RoomAudit({ room, rooms, search, choose }: { room: string; rooms: Room[]; search: Search; choose: (search: Search) => void }) {
  const { t } = useTranslation("audience")
  const shows = useQuery({ queryKey: ["broadcasts", room], queryFn: () => api.broadcasts(room), refetchInterval: 10_000 })
  if (shows.isPending) return <Loading rows={10} />
  if (!shows.data) return <Failed error={shows.error} retry={() => void shows.refetch()} />
  // What another platform reported was never watched here: there is nothing to audit.
  const list = shows.data.items.filter((one) => one.source !== "import")
  const show = search.broadcast ? list.find((one) => one.id === search.broadcast) : list[0]
  const imported = shows.data.items.some((one) => one.id === search.broadcast && one.source === "import")
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room} showSearch={{ optionFilterProp: "label" }}
          options={rooms.map((one) => ({ value: one.id, label: one.title }))} onChange={(next: string) => choose({ room: next })}
        />
        <span className="spring" />
        {list.length > 0 && (
          <Select
            className="show-select" aria-label={t("broadcast")} value={show?.id ?? null} popupMatchSelectWidth={false}
            options={list.map((one) => ({ value: one.id, label: label(one, t("current")) }))}
            onChange={(next) => choose({ room, broadcast: next })}
          />
        )}
      </div>
      {show ? (
        <ShowAudit key={show.id} show={show} room={room} verdict={search.verdict ?? "bot"} choose={(verdict) => choose({ ...search, room, verdict })} />
      ) : (
        <div className="panel">
          {imported ? <Message title={t("imported")} hint={t("imported_hint")} /> : <Message title={t("no_broadcast")} hint={t("no_broadcast_hint")} />}
        </div>
      )}
    </div>
  )
}

function label(show: Broadcast, current: string): string {
  return [dateTime(show.started_at), show.ended_at == null ? current : clock(show.ended_at - show.started_at)].join(" · ")
}

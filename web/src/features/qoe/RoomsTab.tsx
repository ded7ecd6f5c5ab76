// Rooms side by side over a period, all that one may see.
import { useQueries, useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Room, RoomQuality } from "../../api/types"
import { DataTable, type Column } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { Period } from "./Period"
import { FEW, FIGURES, verdict } from "./targets"
import { figure } from "./words"

const DAY_MS = 86_400_000

export function RoomsTab({ rooms }: { rooms: Room[] }) {
  const { t } = useTranslation("qoe")
  const [days, setDays] = useState(7)
  const [opened] = useState(() => Date.now())
  const from = opened - days * DAY_MS
  const table = useQuery({ queryKey: ["quality-rooms", from], queryFn: () => api.qualityRooms(from), refetchInterval: 30_000, placeholderData: (old) => old })
  const titles = useTitles(rooms, table.data?.rows ?? [])
  const columns: Column<RoomQuality>[] = [
    { key: "room", title: t("room"), width: 190, sort: (row) => titles(row.room_id), cell: (row) => <Link to="/quality" search={{ room: row.room_id }} title={titles(row.room_id)}>{titles(row.room_id)}</Link> },
    { key: "shows", title: t("shows"), align: "right", width: 76, sort: (row) => row.shows, cell: (row) => <span className="num">{count(row.shows)}</span> },
    { key: "plays", title: t("plays"), align: "right", width: 96, sort: (row) => row.plays, cell: (row) => <span className="num">{count(row.plays)}</span> },
    ...FIGURES.map((one): Column<RoomQuality> => ({
      key: one.key, title: t(one.short), align: "right", sort: (row) => row[one.key] ?? -1,
      cell: (row) => <span className={`num ${row.plays < FEW ? "quiet" : (verdict(row[one.key], one.target) ?? "")}`}>{figure(row[one.key], one.unit)}</span>,
    })),
  ]
  return (
    <div className="stack">
      <div className="wide-choice">
        <Period value={days} change={setDays} />
        <span className="quiet">{t("rooms_hint")}</span>
      </div>
      {table.isPending ? <Loading rows={5} />
        : !table.data ? <Failed error={table.error} retry={() => void table.refetch()} />
        : table.data.rows.length === 0 ? <Message title={t("coverage_none")} />
        : (
          <section className="panel dense" data-testid="rooms-quality">
            <DataTable label={t("tab_rooms")} rows={table.data.rows} rowKey={(row) => row.room_id} columns={columns} empty={t("coverage_none")} minWidth={1120} />
          </section>
        )}
    </div>
  )
}

/** Titles of rooms; those that are not among the newest are asked for one by one. */
function useTitles(rooms: Room[], rows: RoomQuality[]): (id: string) => string {
  const known = new Map(rooms.map((room) => [room.id, room.title]))
  const missing = rows.map((row) => row.room_id).filter((id) => !known.has(id))
  const asked = useQueries({ queries: missing.map((id) => ({ queryKey: ["room", id], queryFn: () => api.room(id), staleTime: Infinity })) })
  for (const answer of asked) if (answer.data) known.set(answer.data.id, answer.data.title)
  return (id) => known.get(id) ?? id.slice(0, 8)
}

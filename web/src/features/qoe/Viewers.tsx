// The viewers it went worst for, one row each; behind a row stand their plays. Viewers are pseudonyms.
import { useQuery } from "@tanstack/react-query"
import { Drawer, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, ViewerOrder, ViewerQuality } from "../../api/types"
import { Masked } from "../../shell/Masked"
import { DataTable, type Column } from "../../ui/DataTable"
import { clock, count, dateTime, DASH, timeOfDay } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { Plays } from "./Plays"
import { about, millis, placeOf } from "./words"

const ORDERS = ["worst", "latency", "first_frame", "plays", "newest"] as const

export function Viewers({ show }: { show: Broadcast }) {
  const { t } = useTranslation("qoe")
  const [order, setOrder] = useState<ViewerOrder>("worst")
  const [open, setOpen] = useState<ViewerQuality | null>(null)
  const viewers = useQuery({
    queryKey: ["quality-viewers", show.id, order],
    queryFn: () => api.qualityViewers(show.id, order),
    refetchInterval: show.state === "ended" ? false : 5_000,
    placeholderData: (old) => old,
  })
  const columns: Column<ViewerQuality>[] = [
    { key: "viewer", title: t("viewer"), width: 110, cell: (row) => <button type="button" className="link mono" title={row.viewer} onClick={() => setOpen(row)}>{row.viewer.slice(0, 10)}</button> },
    { key: "plays", title: t("plays"), align: "right", width: 90, sort: (row) => row.plays, cell: (row) => <span className="num">{count(row.plays)}</span> },
    { key: "stalled", title: t("stalled"), align: "right", width: 132, sort: (row) => row.stalled_ms, cell: (row) => <Stalled stalls={row.stalls} stalled_ms={row.stalled_ms} /> },
    { key: "first", title: t("first_frame_worst"), align: "right", width: 104, sort: (row) => row.first_frame_worst_ms ?? -1, cell: (row) => <span className="num">{millis(row.first_frame_worst_ms)}</span> },
    { key: "latency", title: t("latency_worst"), align: "right", width: 104, sort: (row) => row.latency_worst_ms ?? -1, cell: (row) => <span className="num">{millis(row.latency_worst_ms)}</span> },
    { key: "played", title: t("played"), align: "right", width: 80, sort: (row) => row.played_ms, cell: (row) => <span className="num">{clock(row.played_ms)}</span> },
    { key: "failure", title: t("failure"), width: 160, cell: (row) => <span className={row.shown === 0 ? "missed" : "quiet"} title={row.failure ?? ""}>{row.failure ?? (row.shown === 0 ? t("never_shown") : DASH)}</span> },
    { key: "device", title: t("device"), cell: (row) => <span title={about(t, row)}>{about(t, row)}</span> },
    { key: "where", title: t("where"), width: 160, cell: (row) => <span title={placeOf(t, row)}>{placeOf(t, row)}</span> },
    { key: "at", title: t("last_seen"), width: 96, sort: (row) => row.last_at_ms, cell: (row) => <span className="num" title={dateTime(row.last_at_ms)}>{timeOfDay(row.last_at_ms)}</span> },
  ]
  return (
    <div className="stack">
      <div className="wide-choice">
        <Select aria-label={t("sort")} className="sort-select" value={order} onChange={setOrder} options={ORDERS.map((one) => ({ value: one, label: t(`sort_${one}`) }))} />
        <span className="quiet">{t("viewers_hint")}</span>
        <Masked />
      </div>
      <section className="panel dense">
        {viewers.isPending ? <Loading rows={6} />
          : !viewers.data ? <Failed error={viewers.error} retry={() => void viewers.refetch()} />
          : <DataTable label={t("tab_viewers")} rows={viewers.data} rowKey={(row) => row.viewer} columns={columns} empty={t("timeline_empty")} minWidth={1160} />}
      </section>
      <Drawer open={open !== null} onClose={() => setOpen(null)} title={t("plays_of", { viewer: open?.viewer.slice(0, 10) ?? "" })} size={680}>
        {open && <Plays show={show} viewer={open} />}
      </Drawer>
    </div>
  )
}

export function Stalled({ stalls, stalled_ms }: { stalls: number; stalled_ms: number }) {
  const { t } = useTranslation("qoe")
  if (stalls === 0 && stalled_ms === 0) return <span className="quiet">{DASH}</span>
  return <span className="num">{millis(stalled_ms)} · {t("times", { n: count(stalls) })}</span>
}

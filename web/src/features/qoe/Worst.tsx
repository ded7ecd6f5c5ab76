// The plays it went worst for, each with its course on demand. Viewers are pseudonyms.
import { useQuery } from "@tanstack/react-query"
import { Drawer, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Play } from "../../api/types"
import { DataTable, type Column } from "../../ui/DataTable"
import { clock, count, dateTime, DASH, timeOfDay } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { deviceOf, millis } from "./words"

const ORDERS = ["worst", "latency", "first_frame", "newest"] as const
type Order = (typeof ORDERS)[number]

export function Worst({ show }: { show: Broadcast }) {
  const { t } = useTranslation("qoe")
  const [order, setOrder] = useState<Order>("worst")
  const [open, setOpen] = useState<Play | null>(null)
  const plays = useQuery({
    queryKey: ["quality-plays", show.id, order],
    queryFn: () => api.plays(show.id, order),
    refetchInterval: show.state === "ended" ? false : 10_000,
  })
  const columns: Column<Play>[] = [
    { key: "viewer", title: t("viewer"), width: 130, cell: (play) => <button type="button" className="link mono" onClick={() => setOpen(play)}>{play.viewer.slice(0, 10)}</button> },
    { key: "device", title: t("device"), width: 270, cell: (play) => [deviceOf(t, play.device), play.os, play.browser].filter(Boolean).join(" · ") },
    { key: "where", title: t("where"), width: 130, cell: (play) => [play.region || DASH, play.node].join(" / ") },
    { key: "at", title: t("at"), width: 90, cell: (play) => <span className="num" title={dateTime(play.first_at_ms)}>{timeOfDay(play.first_at_ms)}</span> },
    { key: "played", title: t("played"), align: "right", width: 80, cell: (play) => <span className="num">{clock(play.played_ms)}</span> },
    { key: "stalled", title: t("stalled"), align: "right", width: 140, cell: (play) => <span className="num">{play.stalls === 0 && play.stalled_ms === 0 ? DASH : `${millis(play.stalled_ms)} · ${t("times", { n: count(play.stalls) })}`}</span> },
    { key: "first", title: t("first_frame"), align: "right", width: 90, cell: (play) => <span className="num">{millis(play.first_frame_ms)}</span> },
    { key: "latency", title: t("latency"), align: "right", width: 90, cell: (play) => <span className="num">{millis(play.latency_worst_ms)}</span> },
    { key: "failure", title: t("failure"), cell: (play) => <FailureOf play={play} /> },
  ]
  return (
    <div className="stack">
      <div>
        <Select aria-label={t("sort")} className="sort-select" value={order} onChange={setOrder} options={ORDERS.map((one) => ({ value: one, label: t(`sort_${one}`) }))} />
      </div>
      <section className="panel">
        {plays.isPending ? <Loading rows={6} />
          : !plays.data ? <Failed error={plays.error} retry={() => void plays.refetch()} />
          : <DataTable label={t("tab_plays")} rows={plays.data} rowKey={(play) => play.entry + play.play} columns={columns} empty={t("timeline_empty")} minWidth={1060} />}
      </section>
      <Drawer open={open !== null} onClose={() => setOpen(null)} title={t("course")} size={560}>
        {open && <Course show={show} play={open} />}
      </Drawer>
    </div>
  )
}

function FailureOf({ play }: { play: Play }) {
  const { t } = useTranslation("qoe")
  if (!play.shown) return <span className="missed">{play.failure ?? t("never_shown")}</span>
  return <span className={play.broken ? "missed" : "quiet"}>{play.failure ?? DASH}</span>
}

function Course({ show, play }: { show: Broadcast; play: Play }) {
  const { t } = useTranslation("qoe")
  const points = useQuery({ queryKey: ["course", show.id, play.entry, play.play], queryFn: () => api.playCourse(show.id, play.entry, play.play) })
  if (points.isPending) return <Loading rows={6} />
  if (!points.data) return <Failed error={points.error} retry={() => void points.refetch()} />
  return (
    <div className="stack">
      <p className="mono">{play.viewer}</p>
      <p className="quiet">{[deviceOf(t, play.device), play.os, play.browser, play.region, play.node, play.version && `v${play.version}`, play.height && `${play.height}p`].filter(Boolean).join(" · ")}</p>
      <DataTable
        label={t("course")} rows={points.data} rowKey={(point) => String(point.at_ms)} empty={t("course_none")} minWidth={460}
        columns={[
          { key: "at", title: t("at"), cell: (point) => <span className="num">{timeOfDay(point.at_ms)}</span> },
          { key: "played", title: t("played"), align: "right", cell: (point) => <span className="num">{millis(point.played_ms)}</span> },
          { key: "stalled", title: t("stalled"), align: "right", cell: (point) => <span className={point.stalls > 0 ? "num missed" : "num"}>{point.stalls > 0 || point.stalled_ms > 0 ? millis(point.stalled_ms) : DASH}</span> },
          { key: "latency", title: t("latency"), align: "right", cell: (point) => <span className="num">{millis(point.latency_ms)}</span> },
          { key: "kbps", title: t("kbps"), align: "right", cell: (point) => <span className="num">{count(point.bitrate_kbps)}</span> },
          { key: "failure", title: t("failure"), cell: (point) => point.failure ?? "" },
        ]}
      />
    </div>
  )
}


// The plays of one viewer, and the course of the one that is opened.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Play, ViewerQuality } from "../../api/types"
import { DataTable, type Column } from "../../ui/DataTable"
import { clock, count, dateTime, DASH, timeOfDay } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { Stalled } from "./Viewers"
import { about, millis, placeOf } from "./words"

export function Plays({ show, viewer }: { show: Broadcast; viewer: ViewerQuality }) {
  const { t } = useTranslation("qoe")
  const plays = useQuery({ queryKey: ["quality-plays", show.id, viewer.viewer], queryFn: () => api.playsOf(show.id, viewer.viewer) })
  const [chosen, setChosen] = useState<Play | null>(null)
  if (plays.isPending) return <Loading rows={6} />
  if (!plays.data) return <Failed error={plays.error} retry={() => void plays.refetch()} />
  // One play needs no choosing.
  const open = chosen ?? (plays.data.length === 1 ? plays.data[0] : undefined)
  const columns: Column<Play>[] = [
    { key: "at", title: t("at"), width: 92, cell: (play) => <button type="button" className="link num" aria-pressed={play.play === open?.play} title={dateTime(play.first_at_ms)} onClick={() => setChosen(play)}>{timeOfDay(play.first_at_ms)}</button> },
    { key: "played", title: t("played"), align: "right", width: 76, cell: (play) => <span className="num">{clock(play.played_ms)}</span> },
    { key: "stalled", title: t("stalled"), align: "right", width: 140, cell: (play) => <Stalled stalls={play.stalls} stalled_ms={play.stalled_ms} /> },
    { key: "first", title: t("first_frame"), align: "right", width: 86, cell: (play) => <span className="num">{millis(play.first_frame_ms)}</span> },
    { key: "latency", title: t("latency_worst"), align: "right", width: 96, cell: (play) => <span className="num">{millis(play.latency_worst_ms)}</span> },
    { key: "failure", title: t("failure"), cell: (play) => <FailureOf play={play} /> },
  ]
  return (
    <div className="stack">
      <p className="mono quiet">{viewer.viewer}</p>
      {viewer.suspect_plays > 0 && <p className="missed">{t("suspect_viewer")}</p>}
      <section className="panel dense">
        <DataTable label={t("plays")} rows={plays.data} rowKey={(play) => play.entry + play.play} columns={columns} empty={t("timeline_empty")} minWidth={600} />
      </section>
      {open ? <Course show={show} play={open} /> : <p className="quiet">{t("choose_play")}</p>}
    </div>
  )
}

function FailureOf({ play }: { play: Play }) {
  const { t } = useTranslation("qoe")
  if (play.suspect) return <span className="missed">{t("suspect")}</span>
  if (!play.shown) return <span className="missed" title={play.failure ?? ""}>{play.failure ?? t("never_shown")}</span>
  return <span className={play.broken ? "missed" : "quiet"} title={play.failure ?? ""}>{play.failure ?? DASH}</span>
}

function Course({ show, play }: { show: Broadcast; play: Play }) {
  const { t } = useTranslation("qoe")
  const points = useQuery({ queryKey: ["course", show.id, play.entry, play.play], queryFn: () => api.playCourse(show.id, play.entry, play.play) })
  if (points.isPending) return <Loading rows={6} />
  if (!points.data) return <Failed error={points.error} retry={() => void points.refetch()} />
  const details = [about(t, play), placeOf(t, play), play.version && `v${play.version}`, play.height && `${String(play.height)}p`]
  return (
    <div className="stack" data-testid="course">
      <h3>{t("course")} · <span className="num">{dateTime(play.first_at_ms)}</span></h3>
      <p className="quiet">{details.filter(Boolean).join(" · ")}</p>
      <section className="panel dense">
        <DataTable
          label={t("course")} rows={points.data} rowKey={(point) => String(point.at_ms)} empty={t("course_none")} minWidth={560}
          columns={[
            { key: "at", title: t("at"), width: 92, cell: (point) => <span className="num">{timeOfDay(point.at_ms)}</span> },
            { key: "played", title: t("played"), align: "right", cell: (point) => <span className="num">{millis(point.played_ms)}</span> },
            { key: "stalled", title: t("stalled"), align: "right", cell: (point) => <span className={point.stalls > 0 ? "missed" : ""}><Stalled stalls={point.stalls} stalled_ms={point.stalled_ms} /></span> },
            { key: "latency", title: t("latency"), align: "right", cell: (point) => <span className="num">{millis(point.latency_ms)}</span> },
            { key: "kbps", title: t("kbps"), align: "right", cell: (point) => <span className="num">{count(point.bitrate_kbps)}</span> },
            { key: "dropped", title: t("dropped"), align: "right", cell: (point) => <span className="num">{count(point.dropped)}</span> },
            { key: "failure", title: t("failure"), cell: (point) => point.failure ?? "" },
          ]}
        />
      </section>
    </div>
  )
}

// The show in eight figures, and its timeline.
import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Quality, QualityFigures } from "../../api/types"
import { useLanguage } from "../../ui/appearance"
import { change, count, signedPercent, span } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { FIGURES, verdict, type Figure } from "./targets"
import { figure } from "./words"

const Chart = lazy(() => import("./TimelineChart"))

export function Overview({ show, against }: { show: Broadcast; against: Broadcast | undefined }) {
  const live = show.state !== "ended"
  const quality = useQuery({
    queryKey: ["quality", show.id, against?.id],
    queryFn: () => api.quality(show.id, against?.id),
    refetchInterval: live ? 5000 : false,
    placeholderData: (old) => old,
  })
  if (quality.isPending) return <Loading rows={8} />
  if (!quality.data) return <Failed error={quality.error} retry={() => void quality.refetch()} />
  return (
    <div className="stack">
      <ul className="tiles" data-testid="quality-tiles">
        <Plays figures={quality.data.summary} against={quality.data.against ?? null} />
        <Time figures={quality.data.summary} against={quality.data.against ?? null} />
        {FIGURES.map((one) => <Tile key={one.key} about={one} figures={quality.data.summary} against={quality.data.against ?? null} />)}
      </ul>
      <Timeline quality={quality.data} />
    </div>
  )
}

function Plays({ figures, against }: { figures: QualityFigures; against: QualityFigures | null }) {
  const { t } = useTranslation("qoe")
  return (
    <li className="tile" data-figure="plays" data-value={figures.plays}>
      <div className="tile-head"><span className="tile-name" title={t("definition")}>{t("plays")}</span></div>
      <div className="tile-body"><span className="tile-value num">{count(figures.plays)}</span></div>
      <div className="tile-note num">{against && t("before", { value: count(against.plays) })}</div>
    </li>
  )
}

function Time({ figures, against }: { figures: QualityFigures; against: QualityFigures | null }) {
  const { t } = useTranslation("qoe")
  const language = useLanguage()
  return (
    <li className="tile" data-figure="played_ms" data-value={figures.played_ms}>
      <div className="tile-head"><span className="tile-name">{t("played_time")}</span></div>
      <div className="tile-body"><span className="tile-value num">{span(figures.played_ms / 1000, language)}</span></div>
      <div className="tile-note num">{against && t("before", { value: span(against.played_ms / 1000, language) })}</div>
    </li>
  )
}

function Tile({ about, figures, against }: { about: Figure; figures: QualityFigures; against: QualityFigures | null }) {
  const { t } = useTranslation("qoe")
  const value = figures[about.key]
  const met = verdict(value, about.target)
  const moved = against && change(value, against[about.key])
  return (
    <li className="tile" data-figure={about.key} data-value={value ?? ""}>
      <div className="tile-head">
        <span className="tile-name">{t(about.name)}</span>
        {met && <span className={`fresh target ${met}`}><b>{t(`target_${met}`)}</b></span>}
      </div>
      <div className="tile-body"><span className={`tile-value num ${met ?? ""}`}>{figure(value, about.unit)}</span></div>
      <div className="tile-note num">
        {about.target !== undefined && <span>{t("target", { value: `≤ ${figure(about.target, about.unit)}` })} </span>}
        {against && t("before", { value: figure(against[about.key], about.unit) })}
        {moved != null && <b className={moved > 0 ? "worse" : moved < 0 ? "better" : ""}> {signedPercent(moved)}</b>}
      </div>
    </li>
  )
}

function Timeline({ quality }: { quality: Quality }) {
  const { t } = useTranslation("qoe")
  const empty = quality.timeline.length + quality.ingest.length === 0
  return (
    <section className="panel" aria-label={t("timeline")}>
      <div className="panel-head"><h2>{t("timeline")}</h2></div>
      {empty ? <p className="curve-empty quiet">{t("timeline_empty")}</p> : (
        <div className="timeline-box" role="img" aria-label={t("timeline_label", { n: count(quality.timeline.length), alarms: count(quality.alarms.length) })}>
          <Suspense fallback={<Loading rows={6} />}><Chart quality={quality} /></Suspense>
        </div>
      )}
    </section>
  )
}

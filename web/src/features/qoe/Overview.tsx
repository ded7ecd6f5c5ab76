// The show in a few figures, and its timeline.
import { useQuery } from "@tanstack/react-query"
import { Segmented } from "antd"
import { lazy, Suspense, useMemo, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Quality, QualityFigures } from "../../api/types"
import { useLanguage } from "../../ui/appearance"
import { change, count, signedPercent, span } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { heightOf, lanesOf } from "./lanes"
import { FIGURES, verdict, type Figure } from "./targets"
import { figure } from "./words"

const Chart = lazy(() => import("./TimelineChart"))

export function Overview({ show, against }: { show: Broadcast; against: string | undefined }) {
  const live = show.state !== "ended"
  const quality = useQuery({
    queryKey: ["quality", show.id, against],
    queryFn: () => api.quality(show.id, against),
    refetchInterval: live ? 5000 : false,
    placeholderData: (old) => old,
  })
  if (quality.isPending) return <Loading rows={8} />
  if (!quality.data) return <Failed error={quality.error} retry={() => void quality.refetch()} />
  const { summary } = quality.data
  const other = quality.data.against?.summary ?? null
  return (
    <div className="stack">
      <ul className="tiles quality-tiles" data-testid="quality-tiles">
        <Plays figures={summary} against={other} />
        <Time figures={summary} against={other} />
        {FIGURES.map((one) => <Tile key={one.key} about={one} figures={summary} against={other} />)}
      </ul>
      <Timeline quality={quality.data} now={quality.dataUpdatedAt} />
    </div>
  )
}

function Plays({ figures, against }: { figures: QualityFigures; against: QualityFigures | null }) {
  const { t } = useTranslation("qoe")
  return (
    <li className="tile" data-figure="plays" data-value={figures.plays}>
      <div className="tile-head"><span className="tile-name" title={t("definition")}>{t("plays")}</span></div>
      <div className="tile-body"><span className="tile-value num">{count(figures.plays)}</span></div>
      <div className="tile-note num">
        {against && t("before", { value: count(against.plays) })}
        {figures.suspect_plays > 0 && <span title={t("suspect_plays", { n: count(figures.suspect_plays) })}> {t("suspect_plays", { n: count(figures.suspect_plays) })}</span>}
      </div>
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

const SIDES = ["all", "viewers", "ingest"] as const

function Timeline({ quality, now }: { quality: Quality; now: number }) {
  const { t } = useTranslation("qoe")
  const [side, setSide] = useState<(typeof SIDES)[number]>("all")
  const all = useMemo(() => lanesOf(quality), [quality])
  const lanes = useMemo(() => all.filter((lane) => side === "all" || lane.side === side), [all, side])
  const sides = SIDES.filter((one) => one === "all" || all.some((lane) => lane.side === one))
  return (
    <section className="panel" aria-label={t("timeline")}>
      <div className="panel-head">
        <h2>{t("timeline")}</h2>
        <span className="spring" />
        {sides.length > 2 && <Segmented size="small" aria-label={t("lanes")} value={side} onChange={setSide} options={sides.map((one) => ({ value: one, label: t(`lanes_${one}`) }))} />}
      </div>
      {all.length === 0 ? <p className="curve-empty quiet">{t("timeline_empty")}</p> : (
        <div
          className="timeline-box" role="img" style={{ height: heightOf(lanes) }}
          aria-label={t("timeline_label", { n: count(quality.timeline.length), alarms: count(quality.alarms.length) })}
        >
          <Suspense fallback={<Loading rows={6} />}><Chart quality={quality} lanes={lanes} now={now} /></Suspense>
        </div>
      )}
    </section>
  )
}

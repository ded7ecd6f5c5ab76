// A score, its last thirty days and what takes points.
import { useTranslation } from "react-i18next"
import { DataTable } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { useClauseName } from "../moderation/Reasons"
import { BAND_TONES } from "./Hosts"
import { points, type Reason, type Score } from "./standing"

export function ScoreCard({ score }: { score: Score }) {
  const { t } = useTranslation("standing")
  const clause = useClauseName()
  const known = score.history.map((day) => day.score)
  const why = (one: Reason) => one.clause === "" ? t(`reason_${one.kind}`) : `${t(`reason_${one.kind}`)} · ${clause(one.clause)}`
  return (
    <section className="panel standing-score" aria-label={t("score")} data-testid="score">
      <div className="standing-figure">
        <strong className="num" data-testid="score-points">{score.score}</strong>
        <Pill tone={BAND_TONES[score.band]}>{t(`band_${score.band}`)}</Pill>
        <Curve days={score.history} label={`${t("history")}: ${t("history_is", { low: String(Math.min(...known)), high: String(Math.max(...known)) })}`} />
      </div>
      <p className="quiet">{t("formula")} {t("band_hint")}</p>
      <h2>{t("why")}</h2>
      <DataTable<Reason>
        label={t("why")} rows={score.reasons} rowKey={(one) => one.source} empty={t("no_faults")}
        columns={[
          { key: "why", title: t("why"), cell: why },
          { key: "when", title: t("when"), width: 150, cell: (one) => <span className="num quiet">{dateTime(one.at_ms)}</span> },
          { key: "took", title: t("took"), width: 70, align: "right", cell: (one) => <span className="num quiet">{points(one.points_milli)}</span> },
          { key: "left", title: t("left"), width: 84, align: "right", cell: (one) => <span className="num strong">{points(one.left_milli)}</span> },
        ]}
      />
    </section>
  )
}

/** From 0 to 100, with lines where bands begin. */
function Curve({ days, label }: { days: Score["history"]; label: string }) {
  const x = (at: number) => days.length < 2 ? 0 : (at / (days.length - 1)) * 300
  const line = days.map((day, at) => `${at === 0 ? "M" : "L"}${x(at).toFixed(1)} ${String(102 - day.score)}`).join("")
  return (
    <svg className="standing-curve" viewBox="0 0 300 104" preserveAspectRatio="none" role="img" aria-label={label}>
      {[90, 70].map((band) => <path key={band} d={`M0 ${String(102 - band)}H300`} stroke="var(--line)" strokeDasharray="3 3" vectorEffect="non-scaling-stroke" />)}
      <path d={line} fill="none" stroke="var(--curve)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
    </svg>
  )
}

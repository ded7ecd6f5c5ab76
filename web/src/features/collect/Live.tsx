// The live debugger 实时调试: events of a source as they arrive, also those that are refused, with the reason.
import { Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Masked } from "../../shell/Masked"
import { timeOfDay } from "../../ui/format"
import { PauseIcon, PlayIcon } from "../../ui/icons"
import { Pill, type Tone } from "../../ui/Pill"
import { Message } from "../../ui/States"
import { pretty } from "./reasons"
import { useLive, type Entry, type Line } from "./useLive"

const OUTCOMES = ["all", "taken", "repeat", "refused"] as const
type Outcome = (typeof OUTCOMES)[number]

const LINES: Record<Line, Tone> = { connecting: "quiet", open: "live", lost: "warn" }
const TONES: Record<Entry["outcome"], Tone> = { taken: "quiet", repeat: "quiet", refused: "warn" }

export function Live({ source }: { source: string }) {
  const { t } = useTranslation("collect")
  const { t: ui } = useTranslation("ui")
  const { lines, act, line, retry } = useLive(source)
  const [name, setName] = useState("")
  const [user, setUser] = useState("")
  const [outcome, setOutcome] = useState<Outcome>("all")
  const has = (text: string | undefined, part: string) => (text ?? "").toLowerCase().includes(part.trim().toLowerCase())
  const shown = lines.shown.filter((one) =>
    (outcome === "all" || one.outcome === outcome) && has(one.name, name) && (user.trim() === "" || has(one.user_id, user) || has(one.anonymous_id, user)))
  return (
    <section className="panel" aria-label={t("tab_live")}>
      <div className="panel-head live-bar">
        <Pill tone={LINES[line]}>{t(`live_${line}`)}</Pill>
        <Masked />
        {line === "lost" && <Button size="small" onClick={retry}>{ui("retry")}</Button>}
        <Input className="live-filter" allowClear aria-label={t("by_name")} placeholder={t("by_name")} value={name} onChange={(event) => setName(event.target.value)} />
        <Input className="live-filter" allowClear aria-label={t("by_user")} placeholder={t("by_user")} value={user} onChange={(event) => setUser(event.target.value)} />
        <select className="plain-select" aria-label={t("by_outcome")} value={outcome} onChange={(event) => setOutcome(OUTCOMES.find((one) => one === event.target.value) ?? "all")}>
          {OUTCOMES.map((one) => <option key={one} value={one}>{t(`outcome_${one}`)}</option>)}
        </select>
        <span className="spring" />
        <Button icon={lines.paused ? <PlayIcon /> : <PauseIcon />} onClick={() => act({ kind: "pause" })} aria-pressed={lines.paused}>{t(lines.paused ? "live_go" : "live_pause")}</Button>
        <Button onClick={() => act({ kind: "clear" })}>{t("live_clear")}</Button>
      </div>
      {(lines.held.length > 0 || lines.missed > 0 || lines.limited > 0) && (
        <p className="live-note" role="status">
          {lines.held.length > 0 && <span>{t("live_held", { n: String(lines.held.length) })}</span>}
          {lines.missed > 0 && <span>{t("live_missed", { n: String(lines.missed) })}</span>}
          {lines.limited > 0 && <span data-testid="live-limited">{t("live_limited", { n: String(lines.limited) })}</span>}
        </p>
      )}
      {shown.length === 0
        ? <Message title={t(lines.shown.length === 0 ? "live_wait" : "live_none")} {...(lines.shown.length === 0 ? { hint: t("live_wait_hint") } : {})} />
        : <ol className="live-list">{shown.map((one) => <li key={one.n}><Row entry={one} /></li>)}</ol>}
    </section>
  )
}

function Row({ entry }: { entry: Entry }) {
  const { t } = useTranslation("collect")
  const known = Object.keys(entry.context).length > 0
  return (
    <details className="live-row">
      <summary>
        <time className="num quiet">{timeOfDay(entry.received_at_ms)}</time>
        <Pill tone={TONES[entry.outcome]}>{t(`outcome_${entry.outcome}`)}</Pill>
        <span className="strong live-name">{entry.name ?? t("unread")}</span>
        <span className="mono live-who">{entry.user_id ?? (entry.anonymous_id !== undefined ? <span className="quiet" title={t("anonymous")}>{entry.anonymous_id}</span> : "")}</span>
        <span className="quiet live-edge">{entry.edge}</span>
        {entry.reason !== undefined && <span className="live-why">{entry.reason}</span>}
      </summary>
      <div className="live-body">
        {entry.cut && <p className="quiet">{t("cut")}</p>}
        <h2>{t("as_sent")}</h2>
        <pre className="json" tabIndex={0}>{pretty(entry.item)}</pre>
        {known && <><h2>{t("as_taken")}</h2><pre className="json" tabIndex={0}>{JSON.stringify(entry.context, null, 2)}</pre></>}
      </div>
    </details>
  )
}

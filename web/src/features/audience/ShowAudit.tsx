// The numbers of a show with their doubts: bands, who they are, why, and how the evidence agrees.
import { useQuery } from "@tanstack/react-query"
import { Alert, Tooltip } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Audit, Broadcast } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { useLanguage } from "../../ui/appearance"
import { DataTable } from "../../ui/DataTable"
import { count, DASH, percent, span } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { CdnLogs } from "./CdnLogs"
import { Delivery } from "./Delivery"
import { Entries } from "./Entries"
import { useWord } from "./words"
import "./audience.css"

const VERDICTS = ["web", "bare", "unknown", "bot"] as const

interface Props {
  show: Broadcast
  room: string
  verdict: string
  choose: (verdict: string) => void
}

export function ShowAudit({ show, room, verdict, choose }: Props) {
  const { t } = useTranslation("audience")
  const me = useMe()
  const live = show.state !== "ended"
  const audit = useQuery({ queryKey: ["audience", show.id], queryFn: () => api.audience(show.id), refetchInterval: live ? 5000 : 30_000 })
  if (audit.isPending) return <div className="panel"><Loading rows={10} /></div>
  if (!audit.data) return <div className="panel"><Failed error={audit.error} retry={() => void audit.refetch()} /></div>
  const imports = me.data !== undefined && may(me.data, "import.write")
  return (
    <div className="stack" data-testid="audit">
      {audit.data.cdn && <Alert type="warning" showIcon title={t("cdn_notice")} description={t("cdn_notice_hint")} />}
      <Headline audit={audit.data} />
      <div className="audit-grid">
        <Split audit={audit.data} />
        <Reasons audit={audit.data} />
      </div>
      <div className="audit-grid">
        <Reconciliation audit={audit.data} />
        <div className="stack">
          <Coverage audit={audit.data} room={room} />
          {(imports || audit.data.imports.length > 0) && <CdnLogs show={show} audit={audit.data} mayImport={imports} />}
        </div>
      </div>
      <Entries show={show} verdict={verdict} choose={choose} live={live} />
    </div>
  )
}

function Headline({ audit }: { audit: Audit }) {
  const { t } = useTranslation("audience")
  const language = useLanguage()
  const { accuracy, totals } = audit
  const hint = t("band_hint", {
    precision: percent(accuracy.precision, 0), recall: percent(accuracy.recall, 0), how: t(accuracy.measured ? "measured" : "assumed"),
  })
  const banded = (name: string, band: Audit["viewers"], id: string) => (
    <li className="tile" data-number={id} data-value={band.value} data-low={band.low} data-high={band.high}>
      <div className="tile-head">
        <Tooltip title={hint}><span className="tile-name" tabIndex={0}>{name}</span></Tooltip>
      </div>
      <div className="tile-body"><span className="tile-value num">{count(band.value)}</span></div>
      <div className="quiet num">{t("band", { low: count(band.low), high: count(band.high) })}</div>
    </li>
  )
  return (
    <ul className="tiles audit-tiles">
      {banded(t("audited_viewers"), audit.viewers, "viewers")}
      {banded(t("audited_entries"), audit.entries, "entries")}
      <li className="tile" data-number="watch" data-value={audit.watch_ms}>
        <div className="tile-head"><Tooltip title={t("watch_hint")}><span className="tile-name" tabIndex={0}>{t("audited_watch")}</span></Tooltip></div>
        <div className="tile-body"><span className="tile-value num">{span(audit.watch_ms / 1000, language)}</span></div>
        <div className="quiet audit-note">{t("watch_hint")}</div>
      </li>
      <li className="tile" data-number="bot" data-value={totals.bot.entries}>
        <div className="tile-head"><span className="tile-name">{t("suspects")}</span></div>
        <div className="tile-body"><span className="tile-value num">{count(totals.bot.entries)}</span></div>
        <div className="quiet num">{t("suspects_apart")}{audit.turned_away > 0 && ` · ${t("turned_away", { n: count(audit.turned_away) })}`}</div>
      </li>
    </ul>
  )
}

function Split({ audit }: { audit: Audit }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  const language = useLanguage()
  const rows = VERDICTS.map((verdict) => ({ verdict, ...audit.totals[verdict] }))
  const all = rows.reduce((sum, row) => sum + row.entries, 0)
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("split")}</h2></div>
      {all > 0 && (
        <div className="audit-bar" aria-hidden="true">
          {rows.map((row) => row.entries > 0 && <span key={row.verdict} className={`v-${row.verdict}`} style={{ flexGrow: row.entries }} />)}
        </div>
      )}
      <DataTable
        label={t("split")} rows={rows} rowKey={(row) => row.verdict} empty={t("none")} minWidth={520}
        columns={[
          { key: "verdict", title: t("verdict"), width: 160, cell: (row) => <><i className={`verdict-dot v-${row.verdict}`} aria-hidden="true" />{word("verdict", row.verdict)}</> },
          { key: "viewers", title: t("viewers"), align: "right", width: 84, cell: (row) => <span className="num">{count(row.viewers)}</span> },
          { key: "entries", title: t("entries"), align: "right", width: 84, cell: (row) => <span className="num">{count(row.entries)}</span> },
          { key: "share", title: t("share"), align: "right", width: 78, cell: (row) => <span className="num">{all > 0 ? percent(row.entries / all, 0) : DASH}</span> },
          { key: "watch", title: t("watch"), align: "right", width: 110, cell: (row) => <span className="num">{span(row.watch_ms / 1000, language)}</span> },
        ]}
      />
    </section>
  )
}

function Reasons({ audit }: { audit: Audit }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("reasons")}</h2><span className="quiet">{t("weight_hint")}</span></div>
      <DataTable
        label={t("reasons")} rows={audit.reasons} rowKey={(row) => row.code} empty={t("no_reasons")}
        columns={[
          { key: "reason", title: t("reason"), cell: (row) => <span title={row.code}>{word("r", row.code)}</span> },
          { key: "points", title: t("weight"), align: "right", width: 84, sort: (row) => row.points, cell: (row) => <span className="num">{row.points}</span> },
          { key: "entries", title: t("entries"), align: "right", width: 84, sort: (row) => row.entries, cell: (row) => <span className="num">{count(row.entries)}</span> },
        ]}
      />
    </section>
  )
}

function Reconciliation({ audit }: { audit: Audit }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  const language = useLanguage()
  const name = (evidence: string) => word("evidence", evidence)
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("reconciliation")}</h2></div>
      <DataTable
        label={t("reconciliation")} rows={audit.reconciliation} rowKey={(row) => `${row.left}-${row.right}`} empty={t("none")} minWidth={560}
        columns={[
          { key: "pair", title: t("pair"), cell: (row) => `${name(row.left)} · ${name(row.right)}` },
          { key: "agree", title: t("agree"), align: "right", width: 74, cell: (row) => <span className="num">{count(row.agree)}</span> },
          { key: "left", title: t("left_more"), align: "right", width: 108, cell: (row) => <span className="num">{count(row.left_more)}</span> },
          { key: "right", title: t("right_more"), align: "right", width: 112, cell: (row) => <span className="num">{count(row.right_more)}</span> },
          { key: "by", title: t("difference"), align: "right", width: 90, cell: (row) => <span className="num">{row.difference_ms > 0 ? span(row.difference_ms / 1000, language) : DASH}</span> },
        ]}
      />
    </section>
  )
}

function Coverage({ audit, room }: { audit: Audit; room: string }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("coverage")}</h2><span className="spring" /><Delivery room={room} /></div>
      <ul className="coverage">
        {audit.coverage.map((row) => (
          <li key={row.evidence} data-evidence={row.evidence} data-state={row.state}>
            <span>{word("evidence", row.evidence)}</span>
            <span className={`state ${row.state}`}>{word("state", row.state)}</span>
            <span className="num quiet">{count(row.entries)}</span>
          </li>
        ))}
      </ul>
      {audit.coverage.some((row) => row.evidence === "unseen") && <p className="quiet audit-foot">{t("unseen_hint")}</p>}
    </section>
  )
}

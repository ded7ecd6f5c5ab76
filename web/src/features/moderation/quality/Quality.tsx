// Quality 质检: deciding once more without knowing the first verdict, settling what differs, and what that says of everybody.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { hitsOf, Marked, Reasons, useClauseName, useClauses } from "../Reasons"
import { may, useMe } from "../../../shell/session"
import { DataTable, type Column } from "../../../ui/DataTable"
import { count, dateTime } from "../../../ui/format"
import { useRefusal } from "../../../ui/refusal"
import { Failed, Loading, Message } from "../../../ui/States"
import { quality, type Blind, type Reviewer, type Verdict } from "./quality"
import "./quality.css"

const DAYS = [7, 30, 90] as const
const REFUSALS = ["own_verdict", "already_decided", "bad_clause"] as const

export default function Quality() {
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "moderation.manage")
  const reviews = me.data !== undefined && may(me.data, "moderation.review")
  return (
    <div className="stack">
      {reviews && <Samples />}
      {manages && <Disputes />}
      {manages && <Numbers />}
    </div>
  )
}

function Samples() {
  const { t } = useTranslation("quality")
  const samples = useQuery({ queryKey: ["samples"], queryFn: quality.claim, refetchInterval: 20_000, gcTime: 0 })
  return (
    <section className="panel" aria-label={t("blind")} data-testid="samples">
      <header className="panel-head"><h2>{t("blind")}</h2><span className="quiet">{t("blind_hint")}</span></header>
      {samples.isPending ? <Loading rows={3} /> : !samples.data ? <Failed error={samples.error} retry={() => void samples.refetch()} />
        : samples.data.items.length === 0 ? <Message title={t("none_blind")} /> : (
          <ol className="items">
            {samples.data.items.map((one) => <li key={one.position}><Told item={one} /><Choice send={(verdict) => quality.second(one.position, verdict)} keys={["samples"]} /></li>)}
          </ol>
        )}
    </section>
  )
}

function Disputes() {
  const { t } = useTranslation("quality")
  const named = useClauseName()
  const disputes = useQuery({ queryKey: ["disputes"], queryFn: quality.disputes, refetchInterval: 20_000 })
  if (!disputes.data || disputes.data.length === 0) return null
  return (
    <section className="panel" aria-label={t("disputes")} data-testid="disputes">
      <header className="panel-head"><h2>{t("disputes")} <span className="num">{count(disputes.data.length)}</span></h2><span className="quiet">{t("disputes_hint")}</span></header>
      <ol className="items">
        {disputes.data.map(({ item, verdicts, own }) => (
          <li key={item.position}>
            <Told item={item} />
            <p className="card-about">
              {verdicts.map((one, at) => <span key={at} className={one.outcome === "pass" ? "level" : "level block"}>{one.outcome === "pass" ? t("pass") : t("reject", { why: named(one.clause ?? "") })}</span>)}
            </p>
            {own ? <p className="quiet">{t("own")}</p> : <Choice send={(verdict) => quality.settle(item.position, verdict)} keys={["disputes", "quality"]} />}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Told({ item }: { item: Blind }) {
  const hits = hitsOf(item, "text")
  return (
    <>
      <p className="item-text"><Marked text={item.text} hits={hits} /></p>
      <Reasons hits={hits} score={item.score ?? null} />
      <p className="card-about quiet"><time className="num">{dateTime(item.at_ms)}</time></p>
    </>
  )
}

// The same two answers as at the desk, one at a time.
function Choice({ send, keys }: { send: (verdict: Verdict) => Promise<undefined>; keys: string[] }) {
  const { t } = useTranslation("quality")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRefusal(REFUSALS, (code) => t(`refused_${code}`))
  const clauses = useClauses()
  const named = useClauseName()
  const [busy, setBusy] = useState(false)
  const give = async (verdict: Verdict) => {
    setBusy(true)
    try {
      await send(verdict)
    } catch (error) {
      void message.error(refusal(error))
    } finally {
      setBusy(false)
      for (const key of keys) void queries.invalidateQueries({ queryKey: [key] })
    }
  }
  return (
    <p className="choice">
      <Button size="small" type="primary" disabled={busy} onClick={() => void give({ outcome: "pass" })}>{t("pass")}</Button>
      <select className="plain-select" aria-label={t("reject_by")} value="" disabled={busy} onChange={(event) => void give({ outcome: "reject", clause: event.target.value })}>
        <option value="">{t("reject_by")}</option>
        {clauses.data?.map((one) => <option key={one.code} value={one.code}>{named(one.code)}</option>)}
      </select>
    </p>
  )
}

function Numbers() {
  const { t } = useTranslation("quality")
  const [days, setDays] = useState<number>(30)
  const numbers = useQuery({ queryKey: ["quality", days], queryFn: () => quality.numbers(days), refetchInterval: 60_000 })
  const percent = (share: number | null | undefined) => (share == null ? "–" : `${(share * 100).toFixed(1)}%`)
  const columns: Column<Reviewer>[] = [
    { key: "name", title: t("reviewer"), cell: (one) => one.name },
    { key: "decided", title: t("decided"), align: "right", cell: (one) => <span className="num">{count(one.decided)}</span> },
    { key: "late", title: t("late"), align: "right", cell: (one) => <span className="num">{one.decided === 0 ? "–" : percent(one.late / one.decided)}</span> },
    { key: "judged", title: t("judged"), align: "right", cell: (one) => <span className="num">{count(one.judged)}</span> },
    {
      key: "accuracy", title: t("accuracy"), align: "right",
      cell: (one) => <span className="num">{percent(one.accuracy)}{one.accuracy_low != null && <span className="quiet"> {percent(one.accuracy_low)}–{percent(one.accuracy_high)}</span>}</span>,
    },
  ]
  return (
    <section className="panel" aria-label={t("numbers")} data-testid="quality">
      <header className="panel-head">
        <h2>{t("numbers")}</h2>
        <span className="spring" />
        <select className="plain-select" aria-label={t("period")} value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((one) => <option key={one} value={one}>{t("days", { n: String(one) })}</option>)}
        </select>
      </header>
      {numbers.isPending ? <Loading rows={4} /> : !numbers.data ? <Failed error={numbers.error} retry={() => void numbers.refetch()} /> : (
        <>
          <p className="quality-whole">
            <span>{t("pairs")} <b className="num">{count(numbers.data.pairs)}</b></span>
            <span>{t("agreement")} <b className="num">{percent(numbers.data.agreement)}</b></span>
            <span title={t("kappa_hint")}>{t("kappa")} <b className="num">{numbers.data.kappa?.toFixed(2) ?? "–"}</b></span>
            <span>{t("disputed")} <b className="num">{count(numbers.data.disputed)}</b></span>
          </p>
          <DataTable rows={numbers.data.reviewers} columns={columns} rowKey={(one) => one.name} label={t("numbers")} empty={t("nobody")} />
        </>
      )}
    </section>
  )
}

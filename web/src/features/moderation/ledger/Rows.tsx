// Rows of the ledger, the newest first.
import { Button } from "antd"
import type { TFunction } from "i18next"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../../ui/DataTable"
import { dateTime } from "../../../ui/format"
import { PHONE, useMedia } from "../../../ui/useMedia"
import { useClauseName } from "../Reasons"
import { evidenceOf, fact, isKind, type Row } from "./ledger"

interface Props {
  rows: Row[]
  only: (about: string) => void
  look: (row: Row) => void
}

const MODES = ["after_review", "before_review", "off"] as const
const CHANGES = ["created", "changed", "words_changed", "removed", "expired"] as const

export function kindOf(t: TFunction<"ledger">, row: Row): string {
  return isKind(row.kind) ? t(`kind_${row.kind}`) : row.kind
}

/** What a row says, in a line. */
function useWhat(): (row: Row) => string {
  const { t } = useTranslation("ledger")
  const named = useClauseName()
  const mode = (name: string) => {
    const known = MODES.find((one) => one === name)
    return known ? t(`mode_${known}`) : name
  }
  return (row) => {
    switch (row.kind) {
      case "verdict": return fact(row, "outcome") === "pass" ? t("passed") : t("rejected", { why: named(fact(row, "clause")) })
      case "mode_changed": return t("mode", { before: mode(fact(row, "before")), mode: mode(fact(row, "mode")) })
      case "list_changed": return t(`change_${CHANGES.find((one) => one === fact(row, "change")) ?? "other"}`, { name: fact(row, "name") })
      case "clearance": return t(fact(row, "outcome") === "cleared" ? "cleared" : "returned", { n: fact(row, "version") })
      case "signature": return t("signed", { n: fact(row, "version"), number: fact(row, "number") })
      case "evidence_kept": return t("kept", { n: String(Math.round((Number(row.facts.end_ms) - Number(row.facts.start_ms)) / 1_000)), hash: fact(row, "sha256").slice(0, 12) })
      case "days_cut": return t("cut", { last: fact(row, "last") })
      default: return JSON.stringify(row.facts)
    }
  }
}

export function Rows({ rows, only, look }: Props) {
  const { t } = useTranslation("ledger")
  const phone = useMedia(PHONE)
  const what = useWhat()
  const by = (row: Row) => fact(row, "by") || t("by_program")
  const deeds = (row: Row) => {
    const evidence = evidenceOf(row)
    return (
      <span className="row-actions">
        <Button type="link" size="small" aria-label={`${t("details")} ${row.seq}`} onClick={() => look(row)}>{t("details")}</Button>
        {evidence && <Button type="link" size="small" href={evidence} download aria-label={`${t("evidence")} ${row.seq}`}>{t("evidence")}</Button>}
      </span>
    )
  }
  const narrow: Column<Row>[] = [{
    key: "what", title: t("what"),
    cell: (row) => (
      <div className="ledger-row">
        <span><span className="num quiet">#{row.seq}</span> <b>{kindOf(t, row)}</b></span>
        <span>{what(row)}</span>
        <span className="quiet">{by(row)} · <span className="num">{dateTime(row.at_ms)}</span></span>
        {deeds(row)}
      </div>
    ),
  }]
  const wide: Column<Row>[] = [
    { key: "seq", title: "#", width: 76, align: "right", cell: (row) => <span className="num quiet">{row.seq}</span> },
    { key: "at", title: t("at"), width: 156, cell: (row) => <span className="num">{dateTime(row.at_ms)}</span> },
    { key: "kind", title: t("kind"), width: 130, cell: (row) => <span className="strong">{kindOf(t, row)}</span> },
    { key: "what", title: t("what"), cell: (row) => <>{what(row)} <span className="quiet">{by(row)}</span></> },
    { key: "about", title: t("about"), width: 210, cell: (row) => <Button type="link" size="small" className="cell-link mono" title={row.about} onClick={() => only(row.about)}>{row.about}</Button> },
    { key: "hash", title: t("hash"), width: 130, cell: (row) => <span className="mono quiet" title={row.hash}>{row.hash.slice(0, 12)}…</span> },
    { key: "deeds", title: t("details"), width: 150, cell: deeds },
  ]
  return <DataTable<Row> label={t("rows_all")} rows={rows} rowKey={(row) => String(row.seq)} empty={t("none")} minWidth={phone ? 0 : 1120} columns={phone ? narrow : wide} />
}

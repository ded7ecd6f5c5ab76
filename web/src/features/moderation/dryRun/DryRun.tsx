// A button that tries a list before it is saved, and what it would do.
import { useMutation } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../../ui/DataTable"
import { count, dateTime } from "../../../ui/format"
import { useRefusal } from "../../../ui/refusal"
import { ruleOf } from "../moderation"
import { useClauseName } from "../Reasons"
import { difference, percent, rowsOf, type Example, type Outcome, type Row } from "./dryRun"
import "./dryRun.css"

const REFUSALS = ["dry_run_going", "bad_word", "bad_category", "too_many_words", "not_ready", "beyond_your_reach"] as const

export function DryRun({ run, disabled = false }: { run: () => Promise<Outcome>; disabled?: boolean }) {
  const { t } = useTranslation("dryRun")
  const refusal = useRefusal(REFUSALS, (code) => t(`refused_${code}`))
  const tried = useMutation({ mutationFn: run })
  return (
    <div className="dry-run">
      <p className="dry-run-ask"><Button htmlType="button" loading={tried.isPending} disabled={disabled} onClick={() => tried.mutate()}>{t("try")}</Button><span className="quiet">{t("try_hint")}</span></p>
      {tried.error && <Alert type="error" showIcon title={refusal(tried.error)} role="alert" />}
      {tried.data && <Told outcome={tried.data} />}
    </div>
  )
}

function Told({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation("dryRun")
  const { t: moderation } = useTranslation("moderation")
  const named = useClauseName()
  if (outcome.looked_at === 0) return <p role="status" data-testid="dry-run">{t("none")}</p>
  const nameOf = (row: Row) => {
    if (row.kind === "all") return <b>{t("all")}</b>
    return row.kind === "level" ? <span className={`level ${row.name}`}>{moderation(`level_${row.name as "hold"}`)}</span> : named(row.name)
  }
  const columns: Column<Row>[] = [
    { key: "what", title: t("what"), cell: nameOf },
    { key: "now", title: t("now"), width: 186, align: "right", cell: (row) => <span className="num"><b>{count(row.before.hits)}</b> <span className="quiet">{percent(row.before)}</span></span> },
    { key: "then", title: t("then"), width: 186, align: "right", cell: (row) => <span className="num"><b>{count(row.after.hits)}</b> <span className="quiet">{percent(row.after)}</span></span> },
    { key: "change", title: t("change"), width: 72, align: "right", cell: (row) => <b className="num">{difference(row.before.hits, row.after.hits)}</b> },
  ]
  return (
    <div className="dry-run-told" role="status" data-testid="dry-run">
      {outcome.warnings.map((one) => (
        <Alert key={one.word ?? ""} type="warning" showIcon title={one.word == null ? t("too_many", { n: count(one.hits), share: percent(one) }) : t("too_many_word", { word: one.word, n: count(one.hits), share: percent(one) })} />
      ))}
      <p className="quiet">{t("looked_at", { n: count(outcome.looked_at), from: dateTime(outcome.from_ms ?? 0), to: dateTime(outcome.to_ms ?? 0) })}{outcome.left_out_count > 0 && ` · ${t("left_out", { n: count(outcome.left_out_count) })}`}</p>
      <DataTable label={t("outcome")} rows={rowsOf(outcome)} rowKey={(row) => `${row.kind} ${row.name}`} columns={columns} empty="" minWidth={560} />
      {outcome.new_count + outcome.gone_count === 0 && <p>{t("no_change")}</p>}
      <Examples title={t("new", { n: count(outcome.new_count) })} examples={outcome.new} open />
      <Examples title={t("gone", { n: count(outcome.gone_count) })} examples={outcome.gone} />
    </div>
  )
}

function Examples({ title, examples, open = false }: { title: string; examples: Example[]; open?: boolean }) {
  const { t } = useTranslation("moderation")
  const named = useClauseName()
  if (examples.length === 0) return null
  return (
    <details className="dry-run-examples" open={open}>
      <summary>{title}</summary>
      <ul>
        {examples.map((one, at) => (
          <li key={at}>
            <span className={`level ${one.level}`}>{t(`level_${one.level}`)}</span> <span className="dry-run-text">{one.text}</span>
            <small className="quiet"><b>{one.word}</b> · {t(`rule_${ruleOf(one.rule)}`)} · {named(one.category)}</small>
          </li>
        ))}
      </ul>
    </details>
  )
}

// Who has passed what, and whose retraining is open.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { useClauseName } from "../moderation/Reasons"
import { Stand } from "./Exams"
import { handbook, share, type Results as Matrix, type Retraining } from "./handbook"

export default function Results() {
  const { t } = useTranslation("handbook")
  const named = useClauseName()
  const results = useQuery({ queryKey: ["exam-results"], queryFn: handbook.results, refetchInterval: 30_000 })
  const open = useQuery({ queryKey: ["retraining"], queryFn: handbook.retraining, refetchInterval: 30_000 })
  if (results.isPending) return <Loading rows={6} />
  if (!results.data) return <Failed error={results.error} retry={() => void results.refetch()} />
  const columns: Column<Matrix["people"][number]>[] = [
    { key: "name", title: t("person"), sort: (one) => one.name, cell: (one) => <>{one.name} <span className="quiet">{one.role}</span></> },
    ...results.data.exams.map((exam, at): Column<Matrix["people"][number]> => ({
      key: exam, title: exam,
      cell: (one) => {
        const standing = one.standings[at]
        return standing && <span title={standing.passed_at_ms === null ? "" : dateTime(standing.passed_at_ms)}><Stand standing={standing} /> <span className="num quiet">{share(standing.score_milli)}</span></span>
      },
    })),
    { key: "overdue", title: t("overdue"), align: "right", sort: (one) => one.overdue, cell: (one) => <span className={one.overdue > 0 ? "num late-word" : "num"}>{one.overdue}</span> },
  ]
  const tasks: Column<Retraining>[] = [
    { key: "name", title: t("person"), cell: (one) => one.name },
    { key: "why", title: t("why"), cell: (one) => <>{t(`why_${one.reason}`)} <span className="quiet">{named(one.clause)}</span></> },
    { key: "exam", title: t("exam"), cell: (one) => one.exam },
    { key: "due", title: t("due_by"), sort: (one) => one.due_at_ms, cell: (one) => <span className={one.overdue ? "num late-word" : "num"}>{dateTime(one.due_at_ms)}</span> },
  ]
  return (
    <div className="stack">
      <div className="panel">
        <DataTable label={t("results")} rows={results.data.people} rowKey={(one) => one.staff} columns={columns} empty={t("nobody")} minWidth={480} />
      </div>
      <div className="panel">
        <header className="panel-head"><h2>{t("open_retraining")}</h2></header>
        <DataTable label={t("open_retraining")} rows={open.data ?? []} rowKey={(one) => one.id} columns={tasks} empty={t("no_retraining")} minWidth={480} />
      </div>
    </div>
  )
}

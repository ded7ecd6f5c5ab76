// How many agreed and how many said no, by purpose and version of the text: the last word of each viewer.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { DataTable } from "../../../ui/DataTable"
import { count } from "../../../ui/format"
import { Failed, Loading } from "../../../ui/States"
import { consents, type Count } from "./settings"

export function Counts() {
  const { t } = useTranslation("consent")
  const counts = useQuery({ queryKey: ["consent", "counts"], queryFn: consents.counts, refetchInterval: 15_000 })
  const rate = (row: Count) => row.given / Math.max(1, row.given + row.declined)
  return (
    <section className="panel" data-testid="consent-counts">
      <div className="panel-head"><h2>{t("counts")}</h2></div>
      {counts.isPending ? <Loading rows={3} /> : !counts.data ? <Failed error={counts.error} retry={() => void counts.refetch()} /> : (
        <DataTable<Count>
          label={t("counts")} rows={counts.data} rowKey={(row) => `${row.purpose}-${row.version}`} empty={t("counts_empty")} minWidth={420}
          columns={[
            { key: "purpose", title: t("purpose"), cell: (row) => <span className="strong">{t(row.purpose)}</span> },
            { key: "version", title: t("text_version"), width: 90, align: "right", sort: (row) => row.version, cell: (row) => <span className="num">{row.version}</span> },
            { key: "given", title: t("given"), width: 100, align: "right", sort: (row) => row.given, cell: (row) => <span className="num">{count(row.given)}</span> },
            { key: "declined", title: t("declined"), width: 100, align: "right", sort: (row) => row.declined, cell: (row) => <span className="num">{count(row.declined)}</span> },
            { key: "rate", title: t("rate"), width: 120, align: "right", sort: rate, cell: (row) => <span className="num">{(100 * rate(row)).toFixed(1)}%</span> },
          ]}
        />
      )}
    </section>
  )
}

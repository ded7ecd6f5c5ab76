// How many plays went well on which device and browser, over all rooms in reach.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { CoverageRow } from "../../api/types"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, DASH, percent } from "../../ui/format"
import { DownloadIcon } from "../../ui/icons"
import { Failed, Loading, Message } from "../../ui/States"
import { Period } from "./Period"
import { FEW } from "./targets"
import { deviceOf } from "./words"

const DAY_MS = 86_400_000

export function CoverageTab() {
  const { t } = useTranslation("qoe")
  const [days, setDays] = useState(30)
  const [opened] = useState(() => Date.now())
  const from = opened - days * DAY_MS
  const coverage = useQuery({ queryKey: ["coverage", from], queryFn: () => api.coverage(from) })
  const columns: Column<CoverageRow>[] = [
    { key: "device", title: t("dimension_device"), cell: (row) => deviceOf(t, row.device), sort: (row) => row.device },
    { key: "os", title: t("dimension_os"), cell: (row) => row.os || t("unknown"), sort: (row) => row.os },
    { key: "browser", title: t("dimension_browser"), cell: (row) => row.browser || t("unknown"), sort: (row) => row.browser, width: 200 },
    { key: "plays", title: t("sample"), align: "right", cell: (row) => <span className="num">{count(row.plays)}</span>, sort: (row) => row.plays },
    { key: "coverage", title: t("coverage"), align: "right", sort: (row) => row.coverage ?? -1, cell: (row) => <Share row={row} goal={coverage.data?.goal ?? 1} /> },
    { key: "interval", title: t("interval"), align: "right", width: 150, cell: (row) => <span className="num quiet">{interval(row)}</span> },
  ]
  return (
    <div className="stack">
      <div className="wide-choice">
        <Period value={days} change={setDays} />
        <span className="spring" />
        <a href={`/api/qoe/coverage?format=csv&from=${from}`} download className="head-link"><DownloadIcon size={15} /> {t("export_csv")}</a>
      </div>
      {coverage.isPending ? <Loading rows={5} />
        : !coverage.data ? <Failed error={coverage.error} retry={() => void coverage.refetch()} />
        : coverage.data.overall.plays === 0 ? <Message title={t("coverage_none")} />
        : (
          <>
            <ul className="tiles coverage-tiles">
              <li className="tile" data-figure="coverage" data-value={coverage.data.overall.coverage ?? ""}>
                <div className="tile-head"><span className="tile-name">{t("coverage_overall")}</span><span className="fresh">{t("coverage_goal", { goal: percent(coverage.data.goal, 0) })}</span></div>
                <div className="tile-body"><span className={`tile-value num ${met(coverage.data.overall, coverage.data.goal)}`}>{percent(coverage.data.overall.coverage, 2)}</span></div>
                <div className="tile-note num">{t("interval")} {interval(coverage.data.overall)} · {t("sample")} {count(coverage.data.overall.plays)}</div>
              </li>
            </ul>
            <p className="quiet">{t("coverage_hint")}</p>
            <section className="panel dense">
              <DataTable label={t("tab_coverage")} rows={coverage.data.rows} rowKey={(row) => `${row.device}/${row.os}/${row.browser}`} columns={columns} empty={t("coverage_none")} minWidth={720} />
            </section>
          </>
        )}
    </div>
  )
}

function Share({ row, goal }: { row: CoverageRow; goal: number }) {
  const { t } = useTranslation("qoe")
  return <span className={`num ${row.plays < FEW ? "quiet" : met(row, goal)}`}>{percent(row.coverage, 1)}{row.plays < FEW && <span className="few"> {t("few")}</span>}</span>
}

function met(row: CoverageRow, goal: number): string {
  return (row.coverage ?? 1) >= goal ? "met" : "missed"
}

function interval(row: CoverageRow): string {
  return row.low == null || row.high == null ? DASH : `${percent(row.low, 1)} – ${percent(row.high, 1)}`
}

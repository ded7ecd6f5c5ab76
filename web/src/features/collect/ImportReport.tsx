// What became of a file's rows, and why some were skipped.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { count } from "../../ui/format"
import { DownloadIcon } from "../../ui/icons"
import { reasonIn } from "./importReasons"
import type { Report } from "./imports"

/** Lines shown of each reason; the file to download has a hundred. */
const SHOWN = 12

export function ImportReport({ report, dry = false, csv }: { report: Report; dry?: boolean; csv?: string }) {
  const { t, i18n } = useTranslation("imports")
  const skipped = report.skipped.reduce((sum, one) => sum + one.count, 0)
  const figures = [["read", report.read], [dry ? "would" : "taken", report.taken], ["repeats", report.repeats], ["skipped", skipped]] as const
  return (
    <div className="imports-report" data-testid="import-report">
      <dl className="imports-figures">
        {figures.map(([name, figure]) => <div key={name}><dt>{t(name)}</dt><dd className="num">{count(figure)}</dd></div>)}
      </dl>
      {report.skipped.length === 0 ? <p className="quiet">{t("none_skipped")}</p> : (
        <ul className="imports-reasons" aria-label={t("why")}>
          {report.skipped.map(({ reason, count: n, lines }) => (
            <li key={reason}>
              <span className="strong num">{count(n)}</span>
              <span className="imports-reason">{reasonIn(i18n.language, reason)}</span>
              <span className="quiet num">{t("line_n", { lines: lines.slice(0, SHOWN).join(", ") })}{n > Math.min(lines.length, SHOWN) && ` ${t("and_more")}`}</span>
            </li>
          ))}
        </ul>
      )}
      {csv !== undefined && <Button icon={<DownloadIcon />} href={csv}>{t("download")}</Button>}
    </div>
  )
}

// Who reported it, how far each is believed, and whether it would have come here without those who report by arrangement.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { moderation, type Item } from "./moderation"
import { useClauseName } from "./Reasons"

/** Of many only the first are told one by one. */
const TOLD = 6

export function Reported({ item }: { item: Item }) {
  const { t } = useTranslation("moderation")
  const named = useClauseName()
  const reports = useQuery({ queryKey: ["item-reports", item.position, item.reports], queryFn: () => moderation.reports(item.position), staleTime: 10_000 })
  const told = reports.data
  const brigade = told?.reports.filter((one) => one.brigade).length ?? 0
  return (
    <section className="earlier" aria-label={t("reported")} data-testid="reported">
      <h2>{t("reported")} <span className="num">{item.reports}</span> <span className="quiet num">{t("report_weight", { n: item.report_weight.toFixed(1) })}</span></h2>
      {brigade > 0 && told && (
        <p className="warning" role="note">{t(told.looked_at_without_brigade ? "brigade_anyway" : "brigade_only", { n: String(brigade) })}</p>
      )}
      <ul>
        {told?.reports.slice(0, TOLD).map((one, at) => (
          <li key={at}>
            <span>{named(one.clause)}</span>
            <span className="mono quiet">{one.reporter.slice(0, 8)}</span>
            <span className="quiet num">{one.decided === 0 ? t("reporter_new") : t("reporter_right", { percent: String(Math.round(one.reliability * 100)), n: String(one.decided) })}</span>
            {one.distrusted && <span className="level block">{t("reporter_distrusted")}</span>}
            {one.brigade && <span className="level hold">{t("brigade")}</span>}
          </li>
        ))}
      </ul>
      {told && told.reports.length > TOLD && <p className="quiet num">{t("reports_more", { n: String(told.reports.length - TOLD) })}</p>}
    </section>
  )
}

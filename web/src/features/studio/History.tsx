// Earlier checks of the room.
import { useTranslation } from "react-i18next"
import type { CheckSummary } from "../../api/types"
import { dateTime } from "../../ui/format"
import { resultOf } from "./Findings"

export function History({ checks, see }: { checks: CheckSummary[]; see: (check: CheckSummary) => void }) {
  const { t } = useTranslation("studio")
  return (
    <section className="panel history" aria-label={t("history")}>
      <div className="panel-head"><h2>{t("history")}</h2></div>
      {checks.length === 0 && <p className="history-none quiet">{t("history_none")}</p>}
      <ul>
        {checks.slice(0, 20).map((check) => {
          const troubles = check.failed.length + check.warned.length
          return (
            <li key={check.id} data-result={check.result ?? check.state}>
              <button type="button" onClick={() => see(check)} disabled={check.state === "expired"}>
                <span className={`dot ${check.result ?? "none"}`} aria-hidden="true" />
                <span>{t(`kind_${check.kind}`)}</span>
                <span>{check.result ? resultOf(t, check.result) : t(`state_${check.state}`)}{troubles > 0 && ` · ${troubles}`}</span>
                <time className="num quiet" dateTime={new Date(check.created_at).toISOString()}>{dateTime(check.created_at)}</time>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

// Reporting a danmaku in two taps: the flag, and the rule that it breaks.
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../../api/client"
import { useLanguage } from "../../../ui/appearance"
import { useClauses, type Clause } from "./clauses"
import type { OwnReport, OwnReports, ViewerSession } from "./session"

type Step = "choose" | "sending" | OwnReport["state"] | "gone" | "too_many" | "failed"

export function Report({ session, pos, close }: { session: ViewerSession; pos: number; close: () => void }) {
  const { t } = useTranslation("viewer")
  const { t: ui } = useTranslation("ui")
  const language = useLanguage()
  const clauses = useClauses()
  const [step, setStep] = useState<Step>("choose")
  const [own, setOwn] = useState<OwnReports | null>(null)

  useEffect(() => {
    let stale = false
    session.ownReports().then((told) => { if (!stale) setOwn(told) }, () => undefined)
    return () => { stale = true }
  }, [session, step])

  const report = (clause: Clause) => {
    setStep("sending")
    session.report(pos, clause.code).then(
      (told) => setStep(told.state),
      (error: unknown) => {
        const status = error instanceof Problem ? error.status : 0
        setStep(status === 404 ? "gone" : status === 429 ? "too_many" : "failed")
      },
    )
  }
  return (
    <div className="report" role="group" aria-label={t("report")} data-testid="report" data-step={step}>
      {step === "choose" || step === "sending" ? (
        <>
          <p>{t("report_why")}</p>
          <div className="report-rules">
            {(clauses ?? []).map((clause) => (
              <button key={clause.code} type="button" disabled={step === "sending"} onClick={() => report(clause)}>{language === "en" ? clause.en : clause.zh}</button>
            ))}
          </div>
        </>
      ) : <p role="status">{t(`report_${step}`)}</p>}
      {own !== null && (own.points > 0 || own.distrusted) && (
        <p className="quiet">{own.distrusted ? t("report_distrusted") : t("report_points", { n: String(own.points) })}</p>
      )}
      <button type="button" className="plain" onClick={close}>{step === "choose" ? ui("cancel") : ui("close")}</button>
    </div>
  )
}

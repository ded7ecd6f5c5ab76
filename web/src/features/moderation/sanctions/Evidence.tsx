// The film of a sanction 留证: half a minute of the show that stays when the recording goes, and what became of it where there is none.
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { filmOf, type Sanction } from "./sanctions"

/** `shown`: without asking for it. */
export function Evidence({ sanction, shown = false }: { sanction: Sanction; shown?: boolean }) {
  const { t } = useTranslation("sanctions")
  const [open, setOpen] = useState(shown)
  const [failed, setFailed] = useState(false)
  const { evidence } = sanction
  if (!evidence) return null
  const kept = evidence.state === "kept"
  return (
    <section className="evidence" aria-label={t("evidence")} data-testid="evidence" data-state={evidence.state}>
      <p className="card-about quiet">
        {kept && !shown ? <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{t("evidence_play")}</button> : <span>{t(`evidence_${evidence.state}`)}</span>}
        {evidence.sha256 != null && <span className="mono" title={evidence.sha256}>SHA-256 {evidence.sha256.slice(0, 12)}…</span>}
      </p>
      {kept && open && (failed ? <p role="alert" className="late">{t("evidence_failed")}</p>
        : <video controls playsInline preload="metadata" aria-label={t("evidence")} src={filmOf(sanction.id)} onError={() => setFailed(true)} />)}
    </section>
  )
}

// What was imposed on this viewer, with the reasons, and the appeal against it.
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../../api/client"
import { useLanguage } from "../../../ui/appearance"
import { dateTime } from "../../../ui/format"
import type { OwnSanction, ViewerSession } from "./session"

export default function Sanctions({ session }: { session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  const [items, setItems] = useState<OwnSanction[] | null>(null)
  const [failed, setFailed] = useState(false)
  const read = useCallback(() => {
    session.ownSanctions().then((told) => {
      setItems(told.items)
      setFailed(false)
    }, () => setFailed(true))
  }, [session])
  useEffect(read, [read])
  if (failed) return <p role="alert">{t("own_failed")} <button type="button" className="plain" onClick={read}>{t("retry")}</button></p>
  if (items === null) return null
  return (
    <section className="own-sanctions" aria-label={t("own_sanctions")} data-testid="own-sanctions">
      {items.length === 0 ? <p>{t("own_none")}</p> : <ol>{items.map((one) => <One key={one.id} sanction={one} session={session} again={read} />)}</ol>}
    </section>
  )
}

function One({ sanction, session, again }: { sanction: OwnSanction; session: ViewerSession; again: () => void }) {
  const { t } = useTranslation("viewer")
  const language = useLanguage()
  const [text, setText] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<"appeal_failed" | "appeal_taken" | null>(null)
  const in_words = (said: { zh: string; en: string }) => (language === "en" ? said.en : said.zh)
  const file = () => {
    setBusy(true)
    session.appeal(sanction.id, text.trim()).then(again, (error: unknown) => {
      setFailure(error instanceof Problem && error.status === 409 ? "appeal_taken" : "appeal_failed")
    }).finally(() => setBusy(false))
  }
  const { appeal } = sanction
  return (
    <li data-state={sanction.state}>
      <p>{in_words(sanction.statement)}</p>
      {sanction.text != null && <blockquote>{sanction.text}</blockquote>}
      <p className="quiet num">
        {dateTime(sanction.at_ms)} · {t(`own_${sanction.state}`)}{sanction.in_force && sanction.until_ms != null && ` · ${t("own_until", { at: dateTime(sanction.until_ms) })}`}
      </p>
      {sanction.evidence && <video controls playsInline preload="metadata" aria-label={t("own_evidence")} src={session.film(sanction.id)} data-testid="own-evidence" />}
      {appeal && (
        <p role="status" data-testid="appeal-state">
          {t(`appeal_${appeal.state}`)}{appeal.state === "open" && ` · ${t("appeal_due", { at: dateTime(appeal.due_at_ms) })}`}{appeal.reason != null && `：${appeal.reason}`}
        </p>
      )}
      {sanction.may_appeal && (
        <form onSubmit={(event) => { event.preventDefault(); file() }}>
          <p className="quiet">{in_words(sanction.how_to_appeal)}</p>
          {failure && <p role="alert">{t(failure)}</p>}
          <textarea aria-label={t("appeal_text")} placeholder={t("appeal_text")} value={text} maxLength={500} rows={2} onChange={(event) => setText(event.target.value)} />
          <button type="submit" className="button" disabled={busy || text.trim() === ""}>{t("appeal")}</button>
        </form>
      )}
    </li>
  )
}

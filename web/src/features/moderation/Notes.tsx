// What reviewers wrote for whoever looks next 备注. No viewer reads it.
import { useTranslation } from "react-i18next"
import { dateTime } from "../../ui/format"
import type { Note } from "./moderation"

export function Notes({ notes }: { notes: Note[] }) {
  const { t } = useTranslation("moderation")
  if (notes.length === 0) return null
  return (
    <ul className="notes" aria-label={t("notes")} data-testid="notes">
      {notes.map((one) => (
        <li key={`${one.at_ms} ${one.by} ${one.with}`}>
          <q>{one.text}</q> <span className="quiet">{t(one.with === "question" ? "note_question" : "note_verdict", { name: one.by, tier: String(one.tier) })} <time className="num">{dateTime(one.at_ms)}</time></span>
        </li>
      ))}
    </ul>
  )
}

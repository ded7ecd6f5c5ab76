// What speaks against a dossier, beside it and under its fields. A click leads to the place.
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { Marked } from "../Reasons"
import { fieldId, unitsOf, type Field, type Finding } from "./clearance"
import { useSaid } from "./words"

export function usePlace(): (one: Finding) => string {
  const { t } = useTranslation("clearance")
  return (one) => one.field === "title" ? t("in_title") : t(`in_${one.field}`, { n: String((one.at ?? 0) + 1) })
}

/** To the field, with the words selected. */
export function goTo(one: Finding) {
  const field = document.getElementById(fieldId(one.field, one.at))
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return
  field.focus()
  field.setSelectionRange(unitsOf(field.value, one.start), unitsOf(field.value, one.end))
  field.scrollIntoView({ block: "center" })
}

export function Findings({ findings, beside }: { findings: Finding[]; beside?: (one: Finding) => ReactNode }) {
  const { t } = useTranslation("clearance")
  const said = useSaid()
  const place = usePlace()
  const order = ["error", "warning", "note"]
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
  return (
    <ul className="clearance-findings" data-testid="findings">
      {sorted.map((one) => (
        <li key={one.id} className="finding" data-level={one.level} data-code={one.code}>
          <button type="button" onClick={() => goTo(one)} aria-label={t("goto", { what: `${place(one)} ${said(one)}` })}>
            <span className={`level clearance-level ${one.level}`}>{t(`level_${one.level}`)}</span>
            <b>{said(one)}</b>
            <span className="quiet">{place(one)}</span>
          </button>
          {one.source !== "" && <small>{one.source}</small>}
          {one.signed_by && <small>{t("signed_by", { who: t(`profession_${one.signed_by}`) })}</small>}
          {beside?.(one)}
        </li>
      ))}
    </ul>
  )
}

/** The field's own words with the hits marked, where there are any. */
export function Under({ text, findings, field, at }: { text: string; findings: Finding[]; field: Field; at?: number }) {
  const mine = findings.filter((one) => one.field === field && (one.at ?? 0) === (at ?? 0) && one.end > one.start && one.level !== "note")
  if (mine.length === 0) return null
  return <p className="found-in" data-testid="found-in"><Marked text={text} hits={mine} /></p>
}

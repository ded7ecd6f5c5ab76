// The bar that asks a viewer, small and with two equal ways out. The console shows the same one as a preview.
import { useId, useState } from "react"
import type { Language } from "../../../ui/appearance"
import "./bar.css"
import { barTexts, type Answers, type Consent, type Purpose } from "./consent"

interface Props {
  consent: Consent
  language: Language
  busy?: boolean
  failed?: boolean
  /** The viewer came back to change something: every purpose is shown as it stands. */
  again?: boolean
  answer: (answers: Answers) => void
  close?: () => void
}

export default function Bar({ consent, language, busy = false, failed = false, again = false, answer, close }: Props) {
  const words = barTexts[language]
  const [open, setOpen] = useState(again)
  const [chosen, setChosen] = useState<Answers>(() => Object.fromEntries(consent.purposes.map(({ purpose, may }) => [purpose, may])))
  const title = useId()
  const all = (given: boolean) => answer(Object.fromEntries(consent.purposes.map(({ purpose }) => [purpose, given])))
  const choose = (purpose: Purpose, given: boolean) => setChosen({ ...chosen, [purpose]: given })
  return (
    <section className="consent" aria-labelledby={title} data-testid="consent">
      <div className="consent-head">
        <h2 id={title}>{words.title}</h2>
        {close && <button type="button" className="plain" aria-label={words.close} onClick={close}>×</button>}
      </div>
      <p>
        {words.lead} <b>{consent.purposes.map(({ purpose }) => words[purpose]).join(language === "en" ? ", " : "、")}</b>
        {" "}<button type="button" className="consent-link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? words.less : words.more}</button>
        {consent.notice_url && <> <a href={consent.notice_url} target="_blank" rel="noreferrer">{words.notice}</a></>}
      </p>
      {open && (
        <ul>
          {consent.purposes.map(({ purpose, text }) => (
            <li key={purpose}>
              <label><input type="checkbox" checked={chosen[purpose] ?? false} onChange={(event) => choose(purpose, event.target.checked)} /> {words[purpose]}</label>
              <p>{language === "en" ? text.en : text.zh}</p>
            </li>
          ))}
        </ul>
      )}
      {failed && <p role="alert" className="consent-failed">{words.failed}</p>}
      <div className="consent-answers">
        <button type="button" disabled={busy} onClick={() => all(false)}>{words.decline}</button>
        {open && <button type="button" disabled={busy} onClick={() => answer(chosen)}>{words.save}</button>}
        <button type="button" disabled={busy} onClick={() => all(true)}>{words.accept}</button>
      </div>
    </section>
  )
}

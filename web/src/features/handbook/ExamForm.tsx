// An exam 考试: how many questions, at least how many about a clause, how long, and who has to pass it.
import { Button, Input, InputNumber, Select, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../moderation/Reasons"
import { freeOf, withQuota } from "./bank"
import { FormFoot, useKeep } from "./FormFoot"
import { handbook, type Exam, type ListedExam } from "./handbook"
import { ROLES } from "./named"

const EMPTY: Exam = { title_zh: "", title_en: "", questions: 10, quotas: {}, minutes: 20, pass_percent: 80, attempts_a_day: 3, valid_days: 365, roles: [], required: false }

export function ExamForm({ edited, done }: { edited: ListedExam | "new"; done: () => void }) {
  const { t } = useTranslation("handbook")
  const [code, setCode] = useState(edited === "new" ? "" : edited.code)
  const [exam, setExam] = useState<Exam>(edited === "new" ? EMPTY : edited.exam)
  const change = (part: Partial<Exam>) => setExam((before) => ({ ...before, ...part }))
  const keep = useKeep(() => handbook.writeExam(code.trim(), exam, edited === "new" ? 0 : edited.version), done)
  const number = (name: "questions" | "minutes" | "pass_percent" | "attempts_a_day" | "valid_days", min: number, max: number) => (
    <label>{t(`f_${name}`)}<InputNumber min={min} max={max} precision={0} value={exam[name]} onChange={(value) => change({ [name]: value ?? min })} /></label>
  )
  return (
    <div className="book-form" data-testid="exam">
      <div className="book-fields">
        <label>{t("f_code")}<Input disabled={edited !== "new"} value={code} maxLength={40} onChange={(event) => setCode(event.target.value)} /></label>
        <label>{t("f_title_zh")}<Input value={exam.title_zh} maxLength={120} onChange={(event) => change({ title_zh: event.target.value })} /></label>
        <label>{t("f_title_en")}<Input value={exam.title_en} maxLength={120} onChange={(event) => change({ title_en: event.target.value })} /></label>
        {number("questions", 1, 200)}{number("minutes", 1, 600)}{number("pass_percent", 1, 100)}{number("attempts_a_day", 0, 100)}{number("valid_days", 0, 3_650)}
        <label>{t("f_roles")}<Select mode="multiple" aria-label={t("f_roles")} value={exam.roles} onChange={(roles) => change({ roles })} options={ROLES.map((value) => ({ value, label: value }))} /></label>
        <label>{t("f_required")}<Switch aria-label={t("f_required")} checked={exam.required} onChange={(required) => change({ required })} /></label>
      </div>
      <Quotas exam={exam} change={(quotas) => change({ quotas })} />
      <FormFoot
        close={done} busy={keep.isPending} disabled={freeOf(exam) < 0} keep={() => keep.mutate()}
        removal={edited === "new" ? undefined : { title: t("remove_exam_title", { code }), hint: t("remove_exam_hint"), ok: t("remove_exam"), act: async () => { await handbook.removeExam(code); done() } }}
      />
    </div>
  )
}

function Quotas({ exam, change }: { exam: Exam; change: (quotas: Exam["quotas"]) => void }) {
  const { t } = useTranslation("handbook")
  const clauses = useClauses()
  const named = useClauseName()
  const own = Object.entries(exam.quotas)
  const free = freeOf(exam)
  return (
    <fieldset className="bank-options" data-testid="quotas">
      <legend>{t("quotas")} <span className={free < 0 ? "late-word" : "quiet"} role="status">{free < 0 ? t("quotas_over", { n: String(-free) }) : t("quotas_free", { n: String(free) })}</span></legend>
      <ul className="bank-quotas">
        {own.map(([clause, least]) => (
          <li key={clause}>
            <label>{named(clause)}<InputNumber min={1} max={200} precision={0} value={least ?? 1} onChange={(value) => { if (value !== null) change({ ...exam.quotas, [clause]: value }) }} /></label>
            <Button type="link" size="small" danger aria-label={t("take_out_quota", { clause: named(clause) })} onClick={() => change(withQuota(exam.quotas, clause, 0))}>{t("take_out")}</Button>
          </li>
        ))}
      </ul>
      <select className="plain-select" aria-label={t("add_quota")} value="" onChange={(event) => change(withQuota(exam.quotas, event.target.value, 1))}>
        <option value="" disabled>{t("add_quota")}</option>
        {clauses.data?.filter(({ code }) => exam.quotas[code] === undefined).map(({ code }) => <option key={code} value={code}>{named(code)}</option>)}
      </select>
    </fieldset>
  )
}

// The question bank 题库: what answers say about each question, files in and out, and the exams that draw from it.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input, InputNumber, Select, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { DataTable, type Column } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { useClauseName } from "../moderation/Reasons"
import { handbook, inLanguage, share, type BankQuestion, type Exam, type Imported, type ListedExam } from "./handbook"
import { useHandbookRefusal } from "./refusal"

const ROLES = ["operator", "controller", "moderator", "senior_moderator", "analyst", "manager", "host", "merchant", "customer_service"]
const EMPTY: Exam = { title_zh: "", title_en: "", questions: 10, quotas: {}, minutes: 20, pass_percent: 80, attempts_a_day: 3, valid_days: 365, roles: [], required: false }

export default function Bank() {
  return <div className="stack"><Exams /><Questions /></div>
}

function Questions() {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const named = useClauseName()
  const [words, setWords] = useState("")
  const bank = useQuery({ queryKey: ["questions", words], queryFn: () => handbook.questions(words), placeholderData: (before) => before })
  const columns: Column<BankQuestion>[] = [
    { key: "question", title: t("question"), cell: (one) => <><span className="mono quiet">{one.code}</span> {inLanguage(language, one.question.text_zh, one.question.text_en)}{one.question.retired && <span className="tag">{t("retired")}</span>}</> },
    { key: "clause", title: t("clause"), width: 120, sort: (one) => one.question.clause ?? "", cell: (one) => named(one.question.clause ?? "") },
    { key: "difficulty", title: t("difficulty"), width: 70, align: "right", sort: (one) => one.question.difficulty, cell: (one) => <span className="num">{one.question.difficulty}</span> },
    { key: "answers", title: t("answers"), width: 80, align: "right", sort: (one) => one.answers, cell: (one) => <span className="num">{count(one.answers)}</span> },
    { key: "right", title: t("share_right"), width: 90, align: "right", sort: (one) => one.right_milli ?? -1, cell: (one) => <span className="num">{share(one.right_milli)}</span> },
    { key: "discrimination", title: t("discrimination"), width: 110, align: "right", sort: (one) => one.discrimination_milli ?? -2_000, cell: (one) => <span className="num" title={t("group", { n: String(one.group) })}>{one.discrimination_milli === null ? "–" : (one.discrimination_milli / 1_000).toFixed(2)}</span> },
  ]
  return (
    <div className="panel">
      <header className="panel-head bank-head">
        <h2>{t("bank")}</h2>
        <Input.Search allowClear aria-label={t("search")} placeholder={t("search")} maxLength={100} onSearch={(value) => setWords(value.trim())} />
        <span className="spring" />
        <a href={handbook.exported("csv")} download>CSV</a>
        <a href={handbook.exported("json")} download>JSON</a>
        <Import />
      </header>
      {bank.isPending ? <Loading rows={6} /> : !bank.data ? <Failed error={bank.error} retry={() => void bank.refetch()} />
        : <DataTable label={t("bank")} rows={bank.data.items} rowKey={(one) => one.code} columns={columns} empty={t("nothing_found")} minWidth={860} />}
    </div>
  )
}

function Import() {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const queries = useQueryClient()
  const [report, setReport] = useState<Imported | null>(null)
  const read = async (file: File) => {
    try {
      setReport(await handbook.import(await file.text()))
      void queries.invalidateQueries({ queryKey: ["questions"] })
    } catch (error) {
      void message.error(refusal(error))
    }
  }
  return (
    <>
      <label className="bank-file">
        {t("import")}
        <input className="sr" type="file" accept=".csv,.json" onChange={(event) => { const file = event.target.files?.[0]; event.target.value = ""; if (file) void read(file) }} />
      </label>
      {report && (
        <div className="bank-report" role="status">
          <p>{t("imported", { added: String(report.added), changed: String(report.changed), same: String(report.same), skipped: String(report.skipped.length) })}</p>
          {report.skipped.length > 0 && <ul>{report.skipped.map((one) => <li key={one.line}>{t("line", { n: String(one.line) })} <span className="quiet">{one.why}</span></li>)}</ul>}
        </div>
      )}
    </>
  )
}

function Exams() {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const queries = useQueryClient()
  const exams = useQuery({ queryKey: ["exams"], queryFn: handbook.exams })
  const [editing, setEditing] = useState<ListedExam | "new" | null>(null)
  return (
    <section className="panel" aria-label={t("exams")}>
      <header className="panel-head"><h2>{t("exams")}</h2><span className="spring" /><Button size="small" onClick={() => setEditing("new")}>{t("new_exam")}</Button></header>
      <ul className="book-picks">{exams.data?.map((one) => <li key={one.code}><button type="button" aria-pressed={editing !== "new" && editing?.code === one.code} onClick={() => setEditing(one)}>{inLanguage(language, one.exam.title_zh, one.exam.title_en)}</button></li>)}</ul>
      {editing !== null && <ExamForm key={editing === "new" ? "" : `${editing.code} ${editing.version}`} edited={editing} done={() => { setEditing(null); void queries.invalidateQueries({ queryKey: ["exams"] }) }} />}
    </section>
  )
}

function ExamForm({ edited, done }: { edited: ListedExam | "new"; done: () => void }) {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const [code, setCode] = useState(edited === "new" ? "" : edited.code)
  const [exam, setExam] = useState<Exam>(edited === "new" ? EMPTY : edited.exam)
  const [busy, setBusy] = useState(false)
  const change = (part: Partial<Exam>) => setExam((before) => ({ ...before, ...part }))
  const keep = async () => {
    setBusy(true)
    try {
      await handbook.writeExam(code.trim(), exam, edited === "new" ? 0 : edited.version)
      void message.success(t("kept"))
      done()
    } catch (error) {
      void message.error(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  const number = (name: "questions" | "minutes" | "pass_percent" | "attempts_a_day" | "valid_days", min: number, max: number) => (
    <label>{t(`f_${name}`)}<InputNumber min={min} max={max} precision={0} value={exam[name]} onChange={(value) => change({ [name]: value ?? min })} /></label>
  )
  return (
    <div className="book-form">
      <div className="book-fields">
        <label>{t("f_code")}<Input disabled={edited !== "new"} value={code} maxLength={40} onChange={(event) => setCode(event.target.value)} /></label>
        <label>{t("f_title_zh")}<Input value={exam.title_zh} maxLength={120} onChange={(event) => change({ title_zh: event.target.value })} /></label>
        <label>{t("f_title_en")}<Input value={exam.title_en} maxLength={120} onChange={(event) => change({ title_en: event.target.value })} /></label>
        {number("questions", 1, 200)}{number("minutes", 1, 600)}{number("pass_percent", 1, 100)}{number("attempts_a_day", 0, 100)}{number("valid_days", 0, 3_650)}
        <label>{t("f_roles")}<Select mode="multiple" aria-label={t("f_roles")} value={exam.roles} onChange={(roles) => change({ roles })} options={ROLES.map((value) => ({ value, label: value }))} /></label>
        <label>{t("f_required")}<Switch aria-label={t("f_required")} checked={exam.required} onChange={(required) => change({ required })} /></label>
      </div>
      <p className="sit-steps"><Button onClick={done}>{t("close")}</Button><span className="spring" /><Button type="primary" loading={busy} onClick={() => void keep()}>{t("keep")}</Button></p>
    </div>
  )
}

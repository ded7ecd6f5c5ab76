// The question bank 题库: what answers say about each question, files in and out, and the exams that draw from it.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { DataTable, type Column } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { useClauseName } from "../moderation/Reasons"
import { ExamForm } from "./ExamForm"
import { handbook, inLanguage, share, type BankQuestion, type Imported, type ListedExam } from "./handbook"
import { QuestionForm } from "./QuestionForm"
import { useHandbookRefusal } from "./refusal"

export default function Bank() {
  return <div className="stack"><Exams /><Questions /></div>
}

function Questions() {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const named = useClauseName()
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  const queries = useQueryClient()
  const [words, setWords] = useState("")
  const [editing, setEditing] = useState<BankQuestion | "new" | null>(null)
  const bank = useQuery({ queryKey: ["questions", words], queryFn: () => handbook.questions(words), placeholderData: (before) => before })
  const reload = () => queries.invalidateQueries({ queryKey: ["questions"] })
  const retire = async (one: BankQuestion) => {
    try {
      await handbook.writeQuestion(one.code, { ...one.question, retired: !one.question.retired }, one.version)
      await reload()
    } catch (error) {
      void message.error(refusal(error))
    }
  }
  const columns: Column<BankQuestion>[] = [
    { key: "question", title: t("question"), cell: (one) => <><span className="mono quiet">{one.code}</span> {inLanguage(language, one.question.text_zh, one.question.text_en)}{one.question.retired && <span className="tag">{t("retired")}</span>}</> },
    { key: "clause", title: t("clause"), width: 120, sort: (one) => one.question.clause ?? "", cell: (one) => named(one.question.clause ?? "") },
    { key: "difficulty", title: t("difficulty"), width: 70, align: "right", sort: (one) => one.question.difficulty, cell: (one) => <span className="num">{one.question.difficulty}</span> },
    { key: "answers", title: t("answers"), width: 80, align: "right", sort: (one) => one.answers, cell: (one) => <span className="num">{count(one.answers)}</span> },
    { key: "right", title: t("share_right"), width: 90, align: "right", sort: (one) => one.right_milli ?? -1, cell: (one) => <span className="num">{share(one.right_milli)}</span> },
    { key: "discrimination", title: t("discrimination"), width: 110, align: "right", sort: (one) => one.discrimination_milli ?? -2_000, cell: (one) => <span className="num" title={t("group", { n: String(one.group) })}>{one.discrimination_milli === null ? "–" : (one.discrimination_milli / 1_000).toFixed(2)}</span> },
    {
      key: "deeds", title: t("deeds"), width: 150, cell: (one) => (
        <span className="row-actions">
          <Button type="link" size="small" onClick={() => setEditing(one)}>{t("edit")}</Button>
          <Button type="link" size="small" onClick={() => void retire(one)}>{t(one.question.retired ? "use_again" : "retire")}</Button>
        </span>
      ),
    },
  ]
  return (
    <>
      {editing !== null && <QuestionForm key={editing === "new" ? "" : editing.code} edited={editing} close={() => setEditing(null)} kept={() => { setEditing(null); void reload() }} />}
      <div className="panel" data-testid="bank">
        <header className="panel-head bank-head">
          <h2>{t("bank")}</h2>
          <Input.Search allowClear aria-label={t("search")} placeholder={t("search")} maxLength={100} onSearch={(value) => setWords(value.trim())} />
          <span className="spring" />
          <a href={handbook.exported("csv")} download>CSV</a>
          <a href={handbook.exported("json")} download>JSON</a>
          <Import />
          <Button size="small" onClick={() => setEditing("new")}>{t("new_question")}</Button>
        </header>
        {bank.isPending ? <Loading rows={6} /> : !bank.data ? <Failed error={bank.error} retry={() => void bank.refetch()} />
          : <DataTable label={t("bank")} rows={bank.data.items} rowKey={(one) => one.code} columns={columns} empty={t("nothing_found")} minWidth={1000} />}
      </div>
    </>
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

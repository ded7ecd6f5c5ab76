// Exams 考试 somebody may sit, and retraining 再培训 that asks for one.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { useClauseName } from "../moderation/Reasons"
import { handbook, inLanguage, share, type ListedExam, type Standing } from "./handbook"
import { Sit } from "./Sit"

export default function Exams() {
  const { t } = useTranslation("handbook")
  const search: { exam?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const exams = useQuery({ queryKey: ["exams"], queryFn: handbook.exams })
  if (exams.isPending) return <Loading rows={5} />
  if (!exams.data) return <Failed error={exams.error} retry={() => void exams.refetch()} />
  const sitting = exams.data.find((one) => one.code === search.exam)
  const open = (exam?: string) => void navigate({ to: "/handbook", search: { tab: "exams", ...(exam === undefined ? {} : { exam }) } })
  if (sitting) return <Sit exam={sitting} close={() => { open(); void exams.refetch() }} />
  const mine = exams.data.filter((one) => one.for_me)
  return (
    <div className="stack">
      <Tasks begin={open} />
      {mine.length === 0 ? <Message title={t("no_exams")} /> : (
        <ul className="exam-cards">{mine.map((one) => <li key={one.code} className="panel"><Card exam={one} begin={() => open(one.code)} /></li>)}</ul>
      )}
    </div>
  )
}

export function Stand({ standing }: { standing: Standing }) {
  const { t } = useTranslation("handbook")
  const tone = standing.standing === "passed" ? "quiet" : standing.standing === "expired" ? "warn" : "live"
  return <Pill tone={tone}>{t(`s_${standing.standing}`)}</Pill>
}

function Card({ exam: { code, exam, mine }, begin }: { exam: ListedExam; begin: () => void }) {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  return (
    <div className="exam-card" data-testid={`exam-${code}`}>
      <h2>{inLanguage(language, exam.title_zh, exam.title_en)} <Stand standing={mine} /></h2>
      <p className="quiet">{t("exam_about", { n: String(exam.questions), minutes: String(exam.minutes), pass: String(exam.pass_percent) })}{exam.attempts_a_day > 0 && ` · ${t("attempts", { n: String(exam.attempts_a_day) })}`}{exam.required && ` · ${t("required")}`}</p>
      {mine.score_milli !== null && <p>{t("last_score", { score: share(mine.score_milli) })}{mine.valid_until_ms !== null && ` · ${t("valid_until", { time: dateTime(mine.valid_until_ms) })}`}</p>}
      <Button type="primary" onClick={begin}>{t("begin")}</Button>
    </div>
  )
}

function Tasks({ begin }: { begin: (exam: string) => void }) {
  const { t } = useTranslation("handbook")
  const named = useClauseName()
  const tasks = useQuery({ queryKey: ["my-retraining"], queryFn: handbook.mine })
  const open = tasks.data?.filter((one) => one.done_at_ms === null && one.dismissed_at_ms === null) ?? []
  if (open.length === 0) return null
  return (
    <section className="panel" aria-label={t("retraining")}>
      <header className="panel-head"><h2>{t("retraining")}</h2><span className="quiet">{t("retraining_hint")}</span></header>
      <ul className="book-tasks">
        {open.map((one) => (
          <li key={one.id}>
            <p>{t(`why_${one.reason}`)} {one.clause !== "" && <span className="tag">{named(one.clause)}</span>} <span className={one.overdue ? "late-word" : "quiet"}>{t("due", { time: dateTime(one.due_at_ms) })}</span></p>
            <p className="quiet">{t("read_again")}{one.articles.map((code) => <span key={code} className="tag">{code}</span>)}</p>
            <Button size="small" onClick={() => begin(one.exam)}>{t("begin")}</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

// A sitting: one question on the screen. Every answer is kept when it is given, so a browser that starts again goes on; the clock is the server's.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"
import { useLanguage } from "../../ui/appearance"
import { clock, dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { handbook, inLanguage, optionOf, picked, share, type ListedExam, type Sitting } from "./handbook"
import { useHandbookRefusal } from "./refusal"

export function Sit({ exam, close }: { exam: ListedExam; close: () => void }) {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const refusal = useHandbookRefusal()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const key = ["sitting", exam.code]
  const sitting = useQuery({
    queryKey: key, gcTime: 0, staleTime: Infinity, retry: false,
    queryFn: () => handbook.sitting(exam.code).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) return null
      throw error
    }),
  })
  const take = (next: Sitting) => queries.setQueryData(key, next)
  const attempt = (deed: () => Promise<Sitting>) => {
    deed().then(take, (error: unknown) => void message.error(refusal(error)))
  }
  const begin = () => attempt(() => handbook.begin(exam.code))
  const end = () => attempt(() => handbook.end(exam.code))
  if (sitting.isPending) return <Loading rows={6} />
  if (sitting.isError) return <Failed error={sitting.error} retry={() => void sitting.refetch()} />
  const now = sitting.data
  return (
    <section className="panel sit" aria-label={inLanguage(language, exam.exam.title_zh, exam.exam.title_en)}>
      <header className="sit-head"><h2>{inLanguage(language, exam.exam.title_zh, exam.exam.title_en)}</h2><span className="spring" /><Button size="small" onClick={close}>{t("back")}</Button></header>
      {now !== null && now.result === null ? <Going key={now.begun_at_ms} exam={exam.code} sitting={now} end={end} lost={() => void sitting.refetch()} /> : (
        <div className="sit-start">
          {now?.result != null && <Result sitting={now} />}
          <p className="quiet">{t("sit_hint", { minutes: String(exam.exam.minutes) })}</p>
          <Button type="primary" onClick={begin}>{t(now === null ? "begin_now" : "again")}</Button>
        </div>
      )}
    </section>
  )
}

function Going({ exam, sitting, end, lost }: { exam: string; sitting: Sitting; end: () => void; lost: () => void }) {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  const refusal = useHandbookRefusal()
  const { message } = App.useApp()
  const [answers, setAnswers] = useState(() => sitting.questions.map((one) => one.chosen))
  const first = answers.findIndex((one) => one.length === 0)
  const [at, setAt] = useState(first < 0 ? 0 : first)
  const left = useLeft(sitting)
  const question = sitting.questions[at]
  const last = at === sitting.questions.length - 1
  const open = answers.filter((one) => one.length === 0).length
  const choose = useCallback((option: number) => {
    if (!question) return
    const chosen = picked(question.kind, answers[at] ?? [], option)
    setAnswers((before) => before.map((one, n) => (n === at ? chosen : one)))
    handbook.answer(exam, at, chosen).catch((error: unknown) => {
      void message.error(refusal(error))
      lost()
    })
  }, [question, answers, at, exam, message, refusal, lost])
  const next = useCallback(() => { if (last) end(); else setAt(at + 1) }, [last, end, at])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !question) return
      const option = optionOf(event.key, question.options.length)
      if (option !== null) choose(option)
      // A button that has the focus answers for itself; the last question is handed in by its button.
      else if (event.key === "Enter" && !last && !(event.target instanceof HTMLButtonElement)) next()
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [choose, next, question, last])
  useEffect(() => { if (left <= 0) lost() }, [left, lost])
  if (!question) return null
  return (
    <div className="sit-question">
      <p className="sit-bar">
        <span className="num" data-testid="place">{at + 1} / {sitting.questions.length}</span>
        <span className="spring" />
        <span className={left < 60_000 ? "late-word num" : "num"} role="timer">{clock(Math.max(0, left))}</span>
      </p>
      <h3 id="question">{inLanguage(language, question.text_zh, question.text_en)}</h3>
      <p className="quiet">{t(`kind_${question.kind}`)}</p>
      <ol className="sit-options" aria-labelledby="question">
        {question.options.map((option, n) => (
          <li key={n}>
            <button type="button" aria-pressed={answers[at]?.includes(n) ?? false} onClick={() => choose(n)}>
              <kbd aria-hidden="true">{n + 1}</kbd><span>{inLanguage(language, option.zh, option.en)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="sit-steps">
        <Button disabled={at === 0} onClick={() => setAt(at - 1)}>{t("former")}</Button>
        <span className="spring" />
        {last ? <Button type="primary" onClick={end}>{open > 0 ? t("hand_in_open", { n: String(open) }) : t("hand_in")}</Button> : <Button type="primary" onClick={next}>{t("next")}</Button>}
      </p>
    </div>
  )
}

// How long it goes on, by the server's clock whatever this one says.
function useLeft(sitting: Sitting): number {
  const [started] = useState(() => performance.now())
  const whole = sitting.due_at_ms - sitting.now_ms
  const [left, setLeft] = useState(whole)
  useEffect(() => {
    const timer = setInterval(() => setLeft(whole - (performance.now() - started)), 1_000)
    return () => clearInterval(timer)
  }, [whole, started])
  return left
}

function Result({ sitting }: { sitting: Sitting }) {
  const { t } = useTranslation("handbook")
  const language = useLanguage()
  if (!sitting.result) return null
  const { score_milli: score, passed, valid_until_ms: until } = sitting.result
  return (
    <div className="stack" data-testid="result">
      <p className={passed ? "sit-score good-word" : "sit-score late-word"}>{t(passed ? "passed" : "failed", { score: share(score), pass: share(sitting.pass_milli) })}</p>
      {until !== null && <p className="quiet">{t("valid_until", { time: dateTime(until) })}</p>}
      <ol className="sit-marks">
        {sitting.questions.map((one, at) => one.answer && (
          <li key={at}>
            <p><b className={one.answer.is_right ? "good-word" : "late-word"}>{t(one.answer.is_right ? "right" : "wrong")}</b> {inLanguage(language, one.text_zh, one.text_en)}</p>
            {!one.answer.is_right && <p>{t("would_be", { answer: one.answer.right.map((n) => inLanguage(language, one.options[n]?.zh ?? "", one.options[n]?.en ?? "")).join(" / ") })}</p>}
            <p className="quiet">{inLanguage(language, one.answer.explanation_zh, one.answer.explanation_en)}{one.answer.article !== null && <> <a href={`/console/handbook#${one.answer.article}`}>{t("read_it")}</a></>}</p>
          </li>
        ))}
      </ol>
    </div>
  )
}

// One question of the bank, written, retired or taken out.
import { Button, Input, InputNumber, Select, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../moderation/Reasons"
import { addOption, asKind, changeOption, isWhole, KINDS_OF_QUESTION, markRight, MOST_OPTIONS, NEW_QUESTION, withoutOption } from "./bank"
import { FormFoot, useKeep } from "./FormFoot"
import { handbook, type BankQuestion, type Question } from "./handbook"
import { useArticles } from "./named"

export function QuestionForm({ edited, close, kept }: { edited: BankQuestion | "new"; close: () => void; kept: () => void }) {
  const { t } = useTranslation("handbook")
  const clauses = useClauses()
  const named = useClauseName()
  const articles = useArticles()
  const [code, setCode] = useState(edited === "new" ? "" : edited.code)
  const [question, setQuestion] = useState<Question>(edited === "new" ? NEW_QUESTION : edited.question)
  const change = (part: Partial<Question>) => setQuestion((before) => ({ ...before, ...part }))
  const keep = useKeep(() => handbook.writeQuestion(code.trim(), question, edited === "new" ? 0 : edited.version), kept)
  const text = (name: "text_zh" | "text_en" | "explanation_zh" | "explanation_en") => (
    <label>{t(`q_${name}`)}<Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={1_000} value={question[name]} onChange={(event) => change({ [name]: event.target.value })} /></label>
  )
  return (
    <form className="panel book-form" aria-label={edited === "new" ? t("new_question") : t("edit_question", { code: edited.code })} data-testid="question" onSubmit={(event) => { event.preventDefault(); keep.mutate() }}>
      <h2>{edited === "new" ? t("new_question") : t("edit_question", { code: edited.code })}</h2>
      <div className="book-fields">
        <label>{t("f_code")}<Input disabled={edited !== "new"} value={code} maxLength={40} onChange={(event) => setCode(event.target.value)} /></label>
        <label>{t("kind")}
          <select className="plain-select" value={question.kind} onChange={(event) => setQuestion(asKind(question, event.target.value as Question["kind"]))}>
            {KINDS_OF_QUESTION.map((one) => <option key={one} value={one}>{t(`kind_${one}`)}</option>)}
          </select>
        </label>
        <label>{t("clause")}
          <select className="plain-select" value={question.clause ?? ""} onChange={(event) => change({ clause: event.target.value === "" ? null : event.target.value })}>
            <option value="">{t("none")}</option>
            {clauses.data?.map((one) => <option key={one.code} value={one.code}>{named(one.code)}</option>)}
          </select>
        </label>
        <label>{t("q_article")}<Select allowClear showSearch={{ optionFilterProp: "label" }} aria-label={t("q_article")} value={question.article ?? undefined} onChange={(article: string | undefined) => change({ article: article ?? null })} options={articles} /></label>
        <label>{t("difficulty")}<InputNumber min={1} max={3} precision={0} value={question.difficulty} onChange={(difficulty) => change({ difficulty: difficulty ?? 1 })} /></label>
        <label>{t("retired")}<Switch aria-label={t("retired")} checked={question.retired} onChange={(retired) => change({ retired })} /></label>
      </div>
      <div className="book-pair">{text("text_zh")}{text("text_en")}</div>
      <fieldset className="bank-options">
        <legend>{t("options")} <span className="quiet">{t(question.kind === "multiple" ? "options_several" : "options_one")}</span></legend>
        {question.options.map((option, at) => (
          <div key={at} className="bank-option">
            <input type={question.kind === "multiple" ? "checkbox" : "radio"} name="right" aria-label={t("is_right", { n: String(at + 1) })} checked={question.right.includes(at)} onChange={() => setQuestion(markRight(question, at))} />
            <Input aria-label={t("option_zh", { n: String(at + 1) })} placeholder={t("option_zh", { n: String(at + 1) })} maxLength={300} value={option.zh} onChange={(event) => setQuestion(changeOption(question, at, { zh: event.target.value }))} />
            <Input aria-label={t("option_en", { n: String(at + 1) })} placeholder={t("option_en", { n: String(at + 1) })} maxLength={300} value={option.en} onChange={(event) => setQuestion(changeOption(question, at, { en: event.target.value }))} />
            {question.kind !== "true_false" && question.options.length > 2 && <Button type="link" size="small" danger aria-label={t("take_out_option", { n: String(at + 1) })} onClick={() => setQuestion(withoutOption(question, at))}>{t("take_out")}</Button>}
          </div>
        ))}
        {question.kind !== "true_false" && question.options.length < MOST_OPTIONS && <div><Button size="small" onClick={() => setQuestion(addOption(question))}>{t("add_option")}</Button></div>}
      </fieldset>
      <div className="book-pair">{text("explanation_zh")}{text("explanation_en")}</div>
      <FormFoot
        close={close} busy={keep.isPending} disabled={code.trim() === "" || !isWhole(question)}
        removal={edited === "new" ? undefined : { title: t("remove_question_title", { code }), hint: t("remove_question_hint"), ok: t("remove_question"), act: async () => { await handbook.removeQuestion(code); kept() } }}
      />
    </form>
  )
}

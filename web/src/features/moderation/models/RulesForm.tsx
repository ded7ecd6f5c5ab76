// From which probability on models count, what is sampled, and what is learned.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, InputNumber } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../Reasons"
import { ANY, models, type Rules } from "./models"
import { useModelRefusal } from "./refusal"

const NUMBERS = [["sample_micro", "sample_share", 0, 100_000], ["samples_an_hour", "samples_an_hour", 0, 100_000], ["learn_after", "learn_after", 0, 100_000], ["window", "window", 20, 10_000], ["reviewer_milli", "reviewer_share", 1, 1_000], ["same_text", "same_text", 1, 100]] as const

export function RulesForm({ manages }: { manages: boolean }) {
  const { t } = useTranslation("models")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModelRefusal()
  const named = useClauseName()
  const clauses = useClauses()
  const rules = useQuery({ queryKey: ["models", "rules"], queryFn: models.rules })
  const [draft, setDraft] = useState<Rules | null>(null)
  const save = useMutation({
    mutationFn: models.setRules,
    onSuccess: (saved) => {
      queries.setQueryData(["models", "rules"], saved)
      setDraft(null)
      void message.success(t("rules_saved"))
    },
  })
  const shown = draft ?? rules.data
  if (!shown) return null
  const thresholds = (next: Rules["thresholds"]) => setDraft({ ...shown, thresholds: next })
  const own = new Set(shown.thresholds.map((one) => one.category))
  return (
    <section className="panel model-rules" data-testid="rules">
      <div className="panel-head"><h2>{t("rules")}</h2><span className="quiet wide-only">{t("threshold_hint")}</span></div>
      <form className="version-body" onSubmit={(event) => { event.preventDefault(); if (draft) save.mutate(draft) }}>
        <ul className="thresholds">
          {shown.thresholds.map((one, at) => {
            const name = one.category === ANY ? t("any") : named(one.category)
            const put = (change: Partial<typeof one>) => thresholds(shown.thresholds.map((old, nth) => (nth === at ? { ...old, ...change } : old)))
            return (
              <li key={one.category}>
                <b>{name}</b>
                <label>{t("alarm_from")}<InputNumber aria-label={`${name}: ${t("alarm_from")}`} min={1} max={1000} precision={0} disabled={!manages} value={one.alarm_milli} onChange={(value) => { if (value !== null) put({ alarm_milli: value }) }} /></label>
                <label>{t("hold_from")}<InputNumber aria-label={`${name}: ${t("hold_from")}`} min={1} max={1000} precision={0} disabled={!manages} value={one.hold_milli} onChange={(value) => { if (value !== null) put({ hold_milli: value }) }} /></label>
                {manages && one.category !== ANY && <Button type="link" size="small" danger onClick={() => thresholds(shown.thresholds.filter((_, nth) => nth !== at))}>{t("remove")}</Button>}
              </li>
            )
          })}
        </ul>
        {manages && (
          <select className="plain-select" aria-label={t("add_category")} value="" onChange={(event) => thresholds([...shown.thresholds, { category: event.target.value, alarm_milli: 700, hold_milli: 900 }])}>
            <option value="" disabled>{t("add_category")}</option>
            {clauses.data?.filter(({ code }) => !own.has(code)).map(({ code }) => <option key={code} value={code}>{named(code)}</option>)}
          </select>
        )}
        <div className="rule-numbers">
          {NUMBERS.map(([field, title, min, max]) => (
            <label key={field} className="field">
              {t(title)}
              <InputNumber min={min} max={max} precision={0} disabled={!manages} value={shown[field]} onChange={(value) => { if (value !== null) setDraft({ ...shown, [field]: value }) }} />
            </label>
          ))}
        </div>
        {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
        {manages && <div><Button type="primary" htmlType="submit" disabled={!draft} loading={save.isPending}>{t("save")}</Button></div>}
      </form>
    </section>
  )
}

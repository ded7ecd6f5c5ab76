// From which probability on models count, what is sampled, and what is learned.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, InputNumber } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { models, type Rules } from "./models"
import { useModelRefusal } from "./refusal"
import { Thresholds } from "./Thresholds"

const NUMBERS = [["sample_micro", "sample_share", 0, 100_000], ["samples_an_hour", "samples_an_hour", 0, 100_000], ["learn_after", "learn_after", 0, 100_000], ["window", "window", 20, 10_000], ["reviewer_milli", "reviewer_share", 1, 1_000], ["same_text", "same_text", 1, 100]] as const

export function RulesForm({ manages }: { manages: boolean }) {
  const { t } = useTranslation("models")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModelRefusal()
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
  return (
    <section className="panel model-rules" data-testid="rules">
      <div className="panel-head"><h2>{t("rules")}</h2><span className="quiet wide-only">{t("threshold_hint")}</span></div>
      <form className="version-body" onSubmit={(event) => { event.preventDefault(); if (draft) save.mutate(draft) }}>
        <Thresholds thresholds={shown.thresholds} manages={manages} change={(thresholds) => setDraft({ ...shown, thresholds })} />
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

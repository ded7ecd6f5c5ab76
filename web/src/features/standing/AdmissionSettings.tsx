// What each obstacle does, how long verifications count, and which score is low.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, InputNumber, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Failed, Loading } from "../../ui/States"
import { Provider } from "./Provider"
import { useStandingRefusal } from "./refusal"
import { ACTIONS, isWorded, standing, type Action, type Setting, type Settings } from "./standing"

export function AdmissionSettings() {
  const { t } = useTranslation("standing")
  const settings = useQuery({ queryKey: ["admission-settings"], queryFn: standing.admission })
  const me = useMe()
  const numbers = useQuery({ queryKey: ["standing-settings"], queryFn: standing.settings })
  if (settings.isPending || numbers.isPending) return <Loading rows={6} />
  if (!settings.data) return <Failed error={settings.error} retry={() => void settings.refetch()} />
  return (
    <>
      <section className="panel standing-settings" aria-label={t("tab_admission")} data-testid="admission-settings">
        <p className="quiet">{t("admission_intro")}</p>
        <ul>{settings.data.obstacles.map((one) => <One key={one.obstacle} setting={one} />)}</ul>
      </section>
      {numbers.data && <Numbers key={JSON.stringify(numbers.data)} kept={numbers.data} />}
      {me.data && may(me.data, "standing.provider") && <Provider />}
    </>
  )
}

function One({ setting }: { setting: Setting }) {
  const { t } = useTranslation("standing")
  const { message } = App.useApp()
  const me = useMe()
  const queries = useQueryClient()
  const refusal = useStandingRefusal()
  const change = useMutation({
    mutationFn: (action: Action) => standing.setAdmission(setting.obstacle, action),
    onSuccess: (kept) => {
      queries.setQueryData(["admission-settings"], kept)
      void message.success(t("done"))
    },
    onError: (error) => void message.error(refusal(error)),
  })
  const manages = me.data !== undefined && may(me.data, "admission.manage")
  const name = isWorded(setting.obstacle) ? t(`obstacle_${setting.obstacle}`) : setting.obstacle
  return (
    <li data-testid={`setting-${setting.obstacle}`}>
      <span><strong>{name}</strong>{isWorded(setting.obstacle) && <span className="quiet"> {t(`todo_${setting.obstacle}`)}</span>}</span>
      {setting.always ? <span>{t("always")}</span> : (
        <Segmented<Action>
          aria-label={`${name}: ${t("action")}`} disabled={!manages || change.isPending} value={setting.action} onChange={(action) => change.mutate(action)}
          options={ACTIONS.map((value) => ({ value, label: t(`action_${value}`) }))}
        />
      )}
    </li>
  )
}

function Numbers({ kept }: { kept: Settings }) {
  const { t } = useTranslation("standing")
  const { message } = App.useApp()
  const me = useMe()
  const queries = useQueryClient()
  const refusal = useStandingRefusal()
  const [valid, setValid] = useState<number | null>(kept.valid_days)
  const [low, setLow] = useState<number | null>(kept.low_score)
  const save = useMutation({
    mutationFn: (settings: Settings) => standing.setSettings(settings),
    onSuccess: (now) => {
      queries.setQueryData(["standing-settings"], now)
      void message.success(t("done"))
    },
  })
  const manages = me.data !== undefined && may(me.data, "standing.verify")
  return (
    <section className="panel standing-settings" aria-label={t("settings")}>
      <h2>{t("settings")}</h2>
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
      <div className="standing-numbers">
        <label>{t("valid_days")}<InputNumber min={1} max={3650} precision={0} value={valid} onChange={setValid} disabled={!manages} /></label>
        <label>{t("low_score")}<InputNumber min={0} max={100} precision={0} value={low} onChange={setLow} disabled={!manages} /></label>
        {manages && (
          <Button loading={save.isPending} disabled={valid === null || low === null} onClick={() => { if (valid !== null && low !== null) save.mutate({ valid_days: valid, low_score: low }) }}>{t("save")}</Button>
        )}
      </div>
    </section>
  )
}

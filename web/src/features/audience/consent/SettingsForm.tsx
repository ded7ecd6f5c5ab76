// The purposes with their texts, and beside them the bar as viewers see it.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input, Segmented, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../../shell/session"
import { useLanguage, type Language } from "../../../ui/appearance"
import { dateTime } from "../../../ui/format"
import { useRefusal } from "../../../ui/refusal"
import Bar from "./Bar"
import { PURPOSES, type Purpose } from "./consent"
import { consents, draftOf, preview, renewed, type Draft, type Settings } from "./settings"

export const REFUSALS = ["bad_text", "bad_url", "beyond_your_reach", "viewer_not_found", "consent_text_changed"] as const

export function SettingsForm({ settings }: { settings: Settings }) {
  const { t } = useTranslation("consent")
  const { message } = App.useApp()
  const me = useMe()
  const queries = useQueryClient()
  const refusal = useRefusal(REFUSALS, (code) => t(`refused_${code}`))
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings))
  const save = useMutation({
    mutationFn: () => consents.set(draft),
    onSuccess: async () => {
      void message.success(t("saved"))
      await queries.invalidateQueries({ queryKey: ["consent"] })
    },
  })
  const manages = me.data !== undefined && may(me.data, "consent.manage") && !me.data.region && !me.data.team
  const again = renewed(draft, settings)
  const change = (purpose: Purpose, part: Partial<Draft["purposes"][Purpose]>) =>
    setDraft({ ...draft, purposes: { ...draft.purposes, [purpose]: { ...draft.purposes[purpose], ...part } } })
  return (
    <div className="asks-grid">
      <section className="panel" aria-labelledby="asks-title">
        <div className="panel-head"><h2 id="asks-title">{t("asking")}</h2></div>
        <form className="asks-form" onSubmit={(event) => { event.preventDefault(); save.mutate() }}>
          <label className="inline-switch">
            <Switch checked={draft.enabled} disabled={!manages} aria-label={t("enabled")} onChange={(enabled) => setDraft({ ...draft, enabled })} />
            <span className="strong">{t("enabled")}</span>
          </label>
          <p className="quiet">{t("enabled_hint")}</p>
          <label className="asks-field">
            {t("notice_url")}
            <Input value={draft.notice_url} readOnly={!manages} maxLength={500} placeholder="https://example.org/privacy" onChange={(event) => setDraft({ ...draft, notice_url: event.target.value })} />
            <span className="quiet">{t("notice_url_hint")}</span>
          </label>
          {PURPOSES.map((purpose) => {
            const known = settings.purposes.find((one) => one.purpose === purpose)
            const { asked, zh, en } = draft.purposes[purpose]
            return (
              <fieldset key={purpose} className="asks-purpose">
                <legend>{t(purpose)}</legend>
                <div className="asks-head">
                  <Switch size="small" checked={asked} disabled={!manages} aria-label={t("ask_for", { purpose: t(purpose) })} onChange={(asked) => change(purpose, { asked })} />
                  <span className="quiet num">
                    {known && known.version > 0 ? `${t("version", { n: String(known.version) })} · ${t("since", { at: dateTime(known.since_ms) })}` : t("no_text")}
                  </span>
                </div>
                <div className="asks-texts">
                  <label className="asks-field">{t("zh")}<Input.TextArea rows={3} maxLength={500} readOnly={!manages} value={zh} onChange={(event) => change(purpose, { zh: event.target.value })} /></label>
                  <label className="asks-field">{t("en")}<Input.TextArea rows={3} maxLength={500} readOnly={!manages} value={en} onChange={(event) => change(purpose, { en: event.target.value })} /></label>
                </div>
              </fieldset>
            )
          })}
          {again.length > 0 && <Alert type="warning" showIcon title={t("again", { purposes: again.map((purpose) => t(purpose)).join(", ") })} role="status" />}
          {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
          {manages && <div><Button type="primary" htmlType="submit" loading={save.isPending}>{t("save")}</Button></div>}
        </form>
      </section>
      <Preview draft={draft} />
    </div>
  )
}

function Preview({ draft }: { draft: Draft }) {
  const { t } = useTranslation("consent")
  const mine = useLanguage()
  const [language, setLanguage] = useState<Language>(mine)
  const shown = preview(draft)
  return (
    <section className="panel" aria-labelledby="asks-preview">
      <div className="panel-head">
        <h2 id="asks-preview">{t("preview")}</h2>
        <span className="spring" />
        <Segmented<Language> size="small" value={language} onChange={setLanguage} aria-label={t("preview")} options={[{ value: "zh-CN", label: t("preview_zh") }, { value: "en", label: t("preview_en") }]} />
      </div>
      <div className="asks-preview">
        <p className="quiet">{t(shown.ask && shown.purposes.length > 0 ? "preview_hint" : "preview_off")}</p>
        {shown.purposes.length > 0 && <div className="asks-phone"><Bar key={language} consent={shown} language={language} answer={() => undefined} /></div>}
      </div>
    </section>
  )
}

// The provider of real names 实名核验服务 an organisation asks: off until somebody enters one.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { dateTime } from "../../ui/format"
import { useStandingRefusal } from "./refusal"
import { AUTHS, needsSecret, standing, type NameProvider } from "./standing"

const KEY = ["name-provider"] as const

export function Provider() {
  const provider = useQuery({ queryKey: KEY, queryFn: standing.provider })
  return provider.data ? <ProviderForm key={`${provider.data.url} ${provider.data.changed_at_ms ?? 0}`} kept={provider.data} /> : null
}

function ProviderForm({ kept }: { kept: NameProvider }) {
  const { t } = useTranslation("standing")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useStandingRefusal()
  const [draft, setDraft] = useState({ url: kept.url, auth: kept.auth, secret: "", with_person: kept.with_person, enabled: kept.has_secret ? kept.enabled : true })
  const [removing, setRemoving] = useState(false)
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }))
  const save = useMutation({
    mutationFn: () => standing.setProvider(draft),
    onSuccess: (now) => {
      queries.setQueryData(KEY, now)
      void message.success(t("done"))
    },
  })
  const asks = needsSecret(kept, draft)
  return (
    <form className="panel standing-settings" aria-label={t("provider")} data-testid="provider" onSubmit={(event) => { event.preventDefault(); save.mutate() }}>
      <h2>{t("provider")}</h2>
      <p className="quiet">{t("provider_intro")}</p>
      {kept.rests_until_ms !== null && <Alert type="warning" showIcon title={t("provider_rests", { time: dateTime(kept.rests_until_ms) })} />}
      <div className="standing-provider">
        <label>{t("provider_url")}<Input value={draft.url} maxLength={2_000} placeholder="https://" inputMode="url" autoComplete="off" onChange={(event) => change({ url: event.target.value })} /></label>
        <label>{t("provider_auth")}
          <select className="plain-select" value={draft.auth} onChange={(event) => change({ auth: event.target.value as NameProvider["auth"] })}>
            {AUTHS.map((one) => <option key={one} value={one}>{t(`auth_${one}`)}</option>)}
          </select>
        </label>
        <label>{t("provider_secret")}<Input.Password value={draft.secret} maxLength={500} autoComplete="new-password" placeholder={asks ? "" : t("provider_secret_kept")} onChange={(event) => change({ secret: event.target.value })} /></label>
        <label className="inline-switch"><Switch size="small" aria-label={t("provider_with_person")} checked={draft.with_person} onChange={(with_person) => change({ with_person })} />{t("provider_with_person")}</label>
        <label className="inline-switch"><Switch size="small" aria-label={t("provider_enabled")} checked={draft.enabled} onChange={(enabled) => change({ enabled })} />{t("provider_enabled")}</label>
      </div>
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
      <p className="standing-deeds">
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={draft.url.trim() === "" || (asks && draft.secret === "")}>{t("save")}</Button>
        {kept.has_secret && <Button danger onClick={() => setRemoving(true)}>{t("provider_remove")}</Button>}
      </p>
      {removing && (
        <Confirm
          title={t("provider_remove_title")} hint={t("provider_remove_hint")} ok={t("provider_remove")} refusal={refusal} close={() => setRemoving(false)}
          act={async () => {
            await standing.removeProvider()
            await queries.invalidateQueries({ queryKey: KEY })
          }}
        />
      )}
    </form>
  )
}

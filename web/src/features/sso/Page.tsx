// Single sign-on 单点登录: identity providers of the organisation, and what each says when it is asked.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { CopyField } from "../../ui/CopyField"
import { count } from "../../ui/format"
import { PlusIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { staff } from "../accounts/staff"
import { ProviderForm } from "./ProviderForm"
import { useSsoRefusal } from "./refusal"
import { providers, type Provider } from "./sso"
import { Steps } from "./Steps"
import "./sso.css"

const KEY = ["sso", "providers"] as const

export default function Page() {
  const { t } = useTranslation("sso")
  const refusal = useSsoRefusal()
  const queries = useQueryClient()
  const list = useQuery({ queryKey: KEY, queryFn: providers.list })
  const tree = useQuery({ queryKey: ["teams"], queryFn: staff.tree })
  const roles = useQuery({ queryKey: ["roles"], queryFn: staff.roles })
  const [editing, setEditing] = useState<Provider | "new" | null>(null)
  const [removing, setRemoving] = useState<Provider | null>(null)
  if (list.isPending || tree.isPending || roles.isPending) return <Loading rows={6} />
  if (!list.data || !tree.data || !roles.data) return <Failed error={list.error ?? tree.error ?? roles.error} retry={() => { void list.refetch(); void tree.refetch(); void roles.refetch() }} />
  const reload = () => queries.invalidateQueries({ queryKey: ["sso"] })
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="spring" />
        <Button type="primary" icon={<PlusIcon />} onClick={() => setEditing("new")}>{t("add")}</Button>
      </div>
      <div className="panel">
        <p className="sso-text quiet">{t("redirect_hint")}</p>
        <div className="sso-redirect"><CopyField label={t("redirect")} value={`${location.origin}/console/sso`} /></div>
      </div>
      {list.data.length === 0 && <div className="panel"><Message title={t("none")} hint={t("none_hint")} /></div>}
      {list.data.map((provider) => <Card key={provider.id} provider={provider} edit={() => setEditing(provider)} remove={() => setRemoving(provider)} />)}
      {editing && (
        <ProviderForm
          {...(editing === "new" ? {} : { provider: editing })} tree={tree.data} roles={roles.data} close={() => setEditing(null)}
          submit={async (issuer, settings) => {
            if (editing === "new") await providers.create(issuer, settings)
            else await providers.change(editing.id, settings)
            await reload()
          }}
        />
      )}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint", { n: count(removing.people) })} ok={t("remove")} refusal={refusal} close={() => setRemoving(null)}
          act={async () => {
            await providers.remove(removing.id)
            await reload()
          }}
        />
      )}
    </div>
  )
}

function Card({ provider, edit, remove }: { provider: Provider; edit: () => void; remove: () => void }) {
  const { t } = useTranslation("sso")
  const { t: accounts } = useTranslation("accounts")
  const test = useMutation({ mutationFn: () => providers.test(provider.id) })
  const { policy } = provider
  const facts: [string, string][] = [
    [t("issuer"), provider.issuer],
    [t("client_id"), provider.client_id],
    [t("domains"), policy.domains?.join(", ") || t("any_domain")],
    [t("newcomers"), policy.newcomers || policy.mappings?.length ? t("newcomers_come") : t("newcomers_none")],
    [t("people"), count(provider.people)],
  ]
  return (
    <section className="panel" aria-label={provider.name}>
      <div className="panel-head">
        <h2>{provider.name}</h2>
        {!provider.enabled && <Pill tone="quiet">{t("off")}</Pill>}
        <span className="spring" />
        <Button size="small" loading={test.isPending} onClick={() => { test.mutate() }}>{t("test")}</Button>
        <Button size="small" onClick={edit}>{accounts("edit")}</Button>
        <Button size="small" danger onClick={remove}>{t("remove")}</Button>
      </div>
      <dl className="sso-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <Steps test={test.data} error={test.error} />
    </section>
  )
}

// An identity provider's form. Its issuer is fixed once it is made; its secret is never shown again.
import { useMutation } from "@tanstack/react-query"
import { Alert, Button, Form, Input, Modal, Select, Switch } from "antd"
import { useTranslation } from "react-i18next"
import { PlusIcon, TrashIcon } from "../../ui/icons"
import type { Role, Tree } from "../accounts/staff"
import { useSsoRefusal } from "./refusal"
import { grantOf, placeOf, words, type Provider, type Settings } from "./sso"

interface Shown {
  name: string
  issuer: string
  client_id: string
  client_secret: string
  no_secret: boolean
  scopes: string
  domains: string
  role: string
  place: string
  groups_claim: string
  mappings: { group: string; role: string; place: string }[]
  trusts_second_factor: boolean
  allow_private: boolean
  enabled: boolean
}

interface Props {
  provider?: Provider
  tree: Tree
  roles: Role[]
  submit: (issuer: string, settings: Settings) => Promise<void>
  close: () => void
}

export function ProviderForm({ provider, tree, roles, submit, close }: Props) {
  const { t, i18n } = useTranslation("sso")
  const { t: ui } = useTranslation("ui")
  const { t: accounts } = useTranslation("accounts")
  const refusal = useSsoRefusal()
  const [form] = Form.useForm<Shown>()
  const deed = useMutation({ mutationFn: (shown: Shown) => submit(shown.issuer.trim(), settingsOf(shown, provider)), onSuccess: close })
  const newcomer = Form.useWatch("role", form)
  const needed = [{ required: true, whitespace: true, message: accounts("needed") }]
  const places = [
    { value: "org", label: accounts("everything") },
    ...tree.regions.map((one) => ({ value: `region:${one.id}`, label: accounts("region_named", { name: one.name }) })),
    ...tree.teams.map((one) => ({ value: `team:${one.id}`, label: one.name })),
  ]
  const grantable = roles.filter((one) => one.name !== "service").map((one) => ({ value: one.name, label: i18n.language === "en" ? one.en : one.zh, disabled: !one.grantable }))
  const policy = provider?.policy
  return (
    <Modal
      open title={t(provider ? "edit_title" : "add_title")} okText={ui("save")} confirmLoading={deed.isPending} width={640} mask={{ closable: false }}
      onOk={() => form.submit()} onCancel={close} destroyOnHidden
    >
      <Form<Shown>
        form={form} layout="vertical" requiredMark={false} onFinish={(shown) => { deed.mutate(shown) }}
        initialValues={{
          name: provider?.name ?? "", issuer: provider?.issuer ?? "", client_id: provider?.client_id ?? "", client_secret: "", no_secret: false,
          scopes: (policy?.scopes ?? ["profile", "email"]).join(" "), domains: (policy?.domains ?? []).join(" "),
          role: policy?.newcomers?.role ?? "", place: policy?.newcomers ? placeOf(policy.newcomers) : "org", groups_claim: policy?.groups_claim ?? "",
          mappings: (policy?.mappings ?? []).map((one) => ({ group: one.group, role: one.grant.role, place: placeOf(one.grant) })),
          trusts_second_factor: policy?.trusts_second_factor ?? false, allow_private: policy?.allow_private ?? false, enabled: provider?.enabled ?? true,
        }}
      >
        {deed.error && <Alert type="error" showIcon title={refusal(deed.error)} role="alert" />}
        <Form.Item name="name" label={t("name")} extra={t("name_hint")} rules={needed}><Input autoFocus maxLength={100} /></Form.Item>
        <Form.Item name="issuer" label={t("issuer")} extra={t("issuer_hint")} rules={needed}>
          <Input className="mono" disabled={provider !== undefined} placeholder="https://id.example.com/realms/live" maxLength={500} spellCheck={false} />
        </Form.Item>
        <Form.Item name="client_id" label={t("client_id")} rules={needed}><Input className="mono" maxLength={500} autoComplete="off" spellCheck={false} /></Form.Item>
        <Form.Item name="client_secret" label={t("client_secret")} extra={t(provider?.has_secret ? "secret_kept" : "secret_hint")}>
          <Input.Password className="mono" autoComplete="new-password" maxLength={2000} />
        </Form.Item>
        {provider?.has_secret && <Form.Item name="no_secret" label={t("no_secret")} valuePropName="checked"><Switch /></Form.Item>}
        <Form.Item name="scopes" label={t("scopes")} extra={t("scopes_hint")}><Input className="mono" spellCheck={false} /></Form.Item>
        <Form.Item name="domains" label={t("domains")} extra={t("domains_hint")}><Input className="mono" placeholder="example.com" spellCheck={false} /></Form.Item>
        <div className="sso-pair">
          <Form.Item name="role" label={t("newcomers")} extra={t("newcomers_hint")}><Select options={[{ value: "", label: t("newcomers_none") }, ...grantable]} /></Form.Item>
          <Form.Item name="place" label={accounts("reach")}><Select showSearch={{ optionFilterProp: "label" }} options={places} disabled={!newcomer} /></Form.Item>
        </div>
        <Form.Item name="groups_claim" label={t("groups_claim")} extra={t("groups_hint")}><Input className="mono" placeholder="groups" spellCheck={false} /></Form.Item>
        <Form.List name="mappings">
          {(fields, { add, remove }) => (
            <div className="sso-mappings">
              {fields.map(({ key, name }) => (
                <div key={key} className="sso-mapping">
                  <Form.Item name={[name, "group"]} label={t("group")} rules={needed}><Input maxLength={500} /></Form.Item>
                  <Form.Item name={[name, "role"]} label={accounts("role")} rules={needed}><Select options={grantable} /></Form.Item>
                  <Form.Item name={[name, "place"]} label={accounts("reach")} rules={needed}><Select showSearch={{ optionFilterProp: "label" }} options={places} /></Form.Item>
                  <Button type="text" icon={<TrashIcon />} aria-label={t("mapping_remove")} onClick={() => { remove(name) }} />
                </div>
              ))}
              <Button size="small" icon={<PlusIcon />} onClick={() => { add({ group: "", role: undefined, place: "org" }) }}>{t("mapping_add")}</Button>
            </div>
          )}
        </Form.List>
        <Form.Item name="trusts_second_factor" label={t("trusts")} extra={t("trusts_hint")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="allow_private" label={t("private")} extra={t("private_hint")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="enabled" label={t("enabled")} valuePropName="checked"><Switch /></Form.Item>
      </Form>
    </Modal>
  )
}

function settingsOf(shown: Shown, provider: Provider | undefined): Settings {
  const secret = shown.no_secret ? "" : shown.client_secret
  return {
    name: shown.name.trim(), client_id: shown.client_id.trim(), enabled: shown.enabled,
    // An empty field leaves the kept secret where it is.
    ...(secret !== "" || shown.no_secret || !provider ? { client_secret: secret } : {}),
    policy: {
      scopes: words(shown.scopes), domains: words(shown.domains), newcomers: shown.role ? grantOf(shown.role, shown.place) : null,
      groups_claim: shown.groups_claim.trim(), mappings: shown.mappings.map((one) => ({ group: one.group.trim(), grant: grantOf(one.role, one.place) })),
      trusts_second_factor: shown.trusts_second_factor, allow_private: shown.allow_private,
    },
  }
}

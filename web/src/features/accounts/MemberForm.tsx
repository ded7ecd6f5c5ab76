// Inviting somebody, or changing their name, role or reach. Roles that one does not have oneself cannot be chosen.
import { useMutation } from "@tanstack/react-query"
import { Alert, Form, Input, Modal, Select, Switch } from "antd"
import { useTranslation } from "react-i18next"
import { useMe } from "../../shell/session"
import { useAccountsRefusal } from "./refusal"
import type { Member, Reach, Role, Tree } from "./staff"

export interface Fields {
  login: string
  name: string
  role: string
  reach: Reach
  email: string
  sso_only: boolean
}

interface Shown {
  login: string
  name: string
  role: string
  /** `org`, `region:<id>` or `team:<id>`. */
  reach: string
  email: string
  sso_only: boolean
}

interface Props {
  member?: Member
  tree: Tree
  roles: Role[]
  submit: (fields: Fields) => Promise<void>
  close: () => void
}

export function MemberForm({ member, tree, roles, submit, close }: Props) {
  const { t, i18n } = useTranslation("accounts")
  const { t: ui } = useTranslation("ui")
  const me = useMe()
  const refusal = useAccountsRefusal()
  const [form] = Form.useForm<Shown>()
  const deed = useMutation({
    mutationFn: ({ login, name, role, reach, email, sso_only }: Shown) => {
      const [kind, id = null] = reach.split(":")
      return submit({ login: login.trim(), name: name.trim(), role, reach: { region: kind === "region" ? id : null, team: kind === "team" ? id : null }, email: email.trim(), sso_only })
    },
    onSuccess: close,
  })
  const whole = me.data !== undefined && !me.data.region && !me.data.team
  const places = [
    ...(whole ? [{ value: "org", label: t("everything") }] : []),
    ...tree.regions.map((one) => ({ value: `region:${one.id}`, label: t("region_named", { name: one.name }) })),
    ...tree.teams.map((one) => ({ value: `team:${one.id}`, label: one.name })),
  ]
  const now = member?.team ? `team:${member.team.id}` : member?.region ? `region:${member.region.id}` : "org"
  const first = whole ? undefined : places[0]?.value
  return (
    <Modal
      open title={t(member ? "edit_title" : "invite_title")} okText={member ? ui("save") : t("invite_ok")} confirmLoading={deed.isPending} width={480}
      mask={{ closable: false }} onOk={() => form.submit()} onCancel={close} destroyOnHidden
    >
      <Form<Shown>
        form={form} layout="vertical" requiredMark={false} onFinish={(fields) => { deed.mutate(fields) }}
        initialValues={{ login: member?.login ?? "", name: member?.name ?? "", role: member?.role, reach: member ? now : first, email: member?.email ?? "", sso_only: member?.sso_only ?? false }}
      >
        {deed.error && <Alert type="error" showIcon title={refusal(deed.error)} role="alert" />}
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("needed") }]}>
          <Input autoFocus maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="login" label={t("login")} extra={member ? undefined : t("login_hint")} rules={[{ required: true, whitespace: true, message: t("needed") }]}>
          <Input disabled={member !== undefined} maxLength={64} autoComplete="off" spellCheck={false} autoCapitalize="none" />
        </Form.Item>
        <Form.Item name="role" label={t("role")} rules={[{ required: true, message: t("needed") }]}>
          <Select options={roles.filter((one) => one.name !== "service").map((one) => ({ value: one.name, label: i18n.language === "en" ? one.en : one.zh, disabled: !one.grantable }))} />
        </Form.Item>
        <Form.Item name="reach" label={t("reach")} extra={t("reach_hint")} rules={[{ required: true, message: t("needed") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} options={places} />
        </Form.Item>
        <Form.Item name="email" label={t("email")} extra={t("email_hint")}>
          <Input type="email" maxLength={254} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="sso_only" label={t("sso_only")} extra={t("sso_only_hint")} valuePropName="checked"><Switch /></Form.Item>
      </Form>
    </Modal>
  )
}

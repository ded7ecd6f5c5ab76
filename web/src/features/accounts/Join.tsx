// Behind a link for one use: an invitation, or a new password. The secret stands behind `#`, so that it never reaches a server's log.
import { useMutation, useQuery } from "@tanstack/react-query"
import { Alert, Button, Form, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Failed, Loading } from "../../ui/States"
import { Problem } from "../../api/client"
import { Doors } from "../sso/Doors"
import { Gate } from "./Gate"
import { useAccountsRefusal } from "./refusal"
import { links } from "./staff"

interface Fields {
  name: string
  password: string
  repeat: string
}

const SHORTEST = 12

export default function Join() {
  const { t } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const [secret] = useState(() => location.hash.slice(1))
  const seen = useQuery({ queryKey: ["link", secret], queryFn: () => links.look(secret), retry: false, staleTime: Infinity })
  const accept = useMutation({ mutationFn: ({ name, password }: Fields) => links.accept(secret, name.trim(), password) })
  if (accept.isSuccess) {
    return (
      <Gate title={t("joined")}>
        <p>{t("joined_hint", { login: seen.data?.login ?? "" })}</p>
        <Button type="primary" block size="large" href="/console/sign-in">{t("sign_in")}</Button>
      </Gate>
    )
  }
  if (seen.isPending) return <Gate title={t("join_title")}><Loading rows={4} /></Gate>
  if (!seen.data) {
    const dead = seen.error instanceof Problem && seen.error.status === 410
    return <Gate title={t("join_title")}>{dead ? <Alert type="error" showIcon title={t("refused_dead_link")} description={t("dead_hint")} role="alert" /> : <Failed error={seen.error} retry={() => void seen.refetch()} />}</Gate>
  }
  const invited = seen.data.kind === "invitation"
  if (seen.data.sso_only) {
    return (
      <Gate title={t("join_title")}>
        <p>{t("join_sso", { org: seen.data.org })}</p>
        <Doors next={null} alone />
      </Gate>
    )
  }
  return (
    <Gate title={t(invited ? "join_title" : "new_password_title")}>
      <p>{t(invited ? "join_hint" : "new_password_hint", { org: seen.data.org })}</p>
      {accept.error && <Alert type="error" showIcon title={refusal(accept.error)} role="alert" />}
      <Form<Fields> layout="vertical" requiredMark={false} size="large" disabled={accept.isPending} onFinish={(fields) => { accept.mutate(fields) }} initialValues={{ name: seen.data.name }}>
        <Form.Item label={t("login")}><Input value={seen.data.login} readOnly autoComplete="username" aria-label={t("login")} /></Form.Item>
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("needed") }]}><Input maxLength={100} autoComplete="name" /></Form.Item>
        <Form.Item name="password" label={t("new")} extra={t("new_hint", { n: String(SHORTEST) })} rules={[{ required: true, min: SHORTEST, message: t("too_short", { n: String(SHORTEST) }) }]}>
          <Input.Password autoComplete="new-password" autoFocus />
        </Form.Item>
        <Form.Item
          name="repeat" label={t("repeat")} dependencies={["password"]}
          rules={[
            { required: true, message: t("password_needed") },
            ({ getFieldValue }) => ({ validator: (_, value: string) => (!value || value === getFieldValue("password") ? Promise.resolve() : Promise.reject(new Error(t("not_same")))) }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={accept.isPending}>{t(invited ? "join" : "save_password")}</Button>
      </Form>
      {invited && <Doors next={null} />}
    </Gate>
  )
}

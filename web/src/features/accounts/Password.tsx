// Changing the own password; forced after the first sign-in.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Navigate, useNavigate, useSearch } from "@tanstack/react-router"
import type { TFunction } from "i18next"
import { Alert, App, Button, Form, Input } from "antd"
import { useTranslation } from "react-i18next"
import { api, Problem } from "../../api/client"
import { ME, nextPath, useMe } from "../../shell/session"
import { Loading } from "../../ui/States"
import { Gate } from "./Gate"

interface Fields {
  current: string
  next: string
  repeat: string
}

// The server decides; this only spares a round trip.
const SHORTEST = 12

export default function Password() {
  const { t } = useTranslation("accounts")
  const me = useMe()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const search: { next?: unknown } = useSearch({ strict: false })
  const change = useMutation({
    mutationFn: ({ current, next }: Fields) => api.changePassword(current, next),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ME })
      message.success(t("changed"))
      const next = nextPath(search.next)
      if (next) location.assign(next)
      else await navigate({ to: "/" })
    },
  })
  if (me.isPending) return <Gate title={t("change_title")}><Loading rows={4} /></Gate>
  if (me.error instanceof Problem && me.error.status === 401) return <Navigate to="/sign-in" replace />
  const first = me.data?.must_change_password === true
  return (
    <Gate title={t("change_title")}>
      {first && <p>{t("change_first")}</p>}
      {change.error && (
        <Alert
          type="error" showIcon role="alert"
          title={refusal(change.error, t)}
        />
      )}
      <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => change.mutate(fields)} size="large" disabled={change.isPending}>
        <Form.Item name="current" label={first ? t("current_first") : t("current")} rules={[{ required: true, message: t("password_needed") }]}>
          <Input.Password autoComplete="current-password" autoFocus />
        </Form.Item>
        <Form.Item
          name="next" label={t("new")} extra={t("new_hint", { n: String(SHORTEST) })} dependencies={["current"]}
          rules={[
            { required: true, min: SHORTEST, message: t("too_short", { n: String(SHORTEST) }) },
            ({ getFieldValue }) => ({
              validator: (_, value: string) => (value && value === getFieldValue("current") ? Promise.reject(new Error(t("same_as_old"))) : Promise.resolve()),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="repeat" label={t("repeat")} dependencies={["next"]}
          rules={[
            { required: true, message: t("password_needed") },
            ({ getFieldValue }) => ({
              validator: (_, value: string) => (!value || value === getFieldValue("next") ? Promise.resolve() : Promise.reject(new Error(t("not_same")))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={change.isPending}>{t("save")}</Button>
      </Form>
    </Gate>
  )
}

function refusal(error: Error, t: TFunction<"accounts">): string {
  if (!(error instanceof Problem)) return error.message
  switch (error.code) {
    case "wrong_password": return t("wrong_current")
    case "weak_password": return t("weak")
    case "password_unchanged": return t("same_as_old")
    case "too_many_attempts": return t("too_many")
    default: return error.message
  }
}

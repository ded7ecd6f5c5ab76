// Sign-in by login and password. A first sign-in goes on to setting an own password.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Alert, Button, Form, Input } from "antd"
import { useTranslation } from "react-i18next"
import { api, Problem } from "../../api/client"
import { ME, nextPath } from "../../shell/session"
import { Gate } from "./Gate"

interface Fields {
  login: string
  password: string
}

export default function SignIn() {
  const { t } = useTranslation("accounts")
  const queries = useQueryClient()
  const navigate = useNavigate()
  const search: { next?: unknown } = useSearch({ strict: false })
  const signIn = useMutation({
    mutationFn: ({ login, password }: Fields) => api.signIn(login.trim(), password),
    onSuccess: async (session) => {
      queries.removeQueries({ queryKey: ME })
      const next = nextPath(search.next)
      if (session.must_change_password) await navigate({ to: "/password", search: { next } })
      else if (next) location.assign(next)
      else await navigate({ to: "/" })
    },
  })
  return (
    <Gate title={t("sign_in_title")}>
      {signIn.error && <Alert type="error" showIcon title={refusal(signIn.error, t("wrong"), t("too_many"))} role="alert" />}
      <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => signIn.mutate(fields)} size="large" disabled={signIn.isPending}>
        <Form.Item name="login" label={t("login")} rules={[{ required: true, whitespace: true, message: t("login_needed") }]}>
          <Input autoComplete="username" autoFocus spellCheck={false} autoCapitalize="none" />
        </Form.Item>
        <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("password_needed") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>{t("sign_in")}</Button>
      </Form>
      <p className="quiet">{t("first_hint")}</p>
    </Gate>
  )
}

function refusal(error: Error, wrong: string, tooMany: string): string {
  if (!(error instanceof Problem)) return error.message
  if (error.status === 401 || error.status === 403) return wrong
  return error.status === 429 ? tooMany : error.message
}

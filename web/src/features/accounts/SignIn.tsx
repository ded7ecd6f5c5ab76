// Sign-in by login and password. A first sign-in goes on to setting an own password.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Alert, Button, Form, Input } from "antd"
import type { TFunction } from "i18next"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api, Problem } from "../../api/client"
import { ME, nextPath } from "../../shell/session"
import { Doors } from "../sso/Doors"
import { Gate } from "./Gate"

interface Fields {
  login: string
  password: string
  code?: string
}

export default function SignIn() {
  const { t } = useTranslation("accounts")
  const queries = useQueryClient()
  const navigate = useNavigate()
  const search: { next?: unknown } = useSearch({ strict: false })
  const signIn = useMutation({
    mutationFn: ({ login, password, code }: Fields) => api.signIn(login.trim(), password, code?.trim()),
    onSuccess: async (session) => {
      queries.removeQueries({ queryKey: ME })
      const next = nextPath(search.next)
      if (session.must_change_password) await navigate({ to: "/password", search: { next } })
      else if (next) location.assign(next)
      else await navigate({ to: "/" })
    },
  })
  // Asked for once the password was right; then it stays, so that a mistyped code can be typed again.
  const [withCode, setWithCode] = useState(false)
  const asked = signIn.error instanceof Problem && signIn.error.code === "second_factor_required"
  if (asked && !withCode) setWithCode(true)
  return (
    <Gate title={t("sign_in_title")}>
      {asked && <Alert type="info" showIcon title={t("code_ask")} role="status" />}
      {signIn.error && !asked && <Alert type="error" showIcon title={refusal(signIn.error, t)} role="alert" />}
      <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => signIn.mutate(fields)} size="large" disabled={signIn.isPending}>
        <Form.Item name="login" label={t("login")} rules={[{ required: true, whitespace: true, message: t("login_needed") }]}>
          <Input autoComplete="username" autoFocus spellCheck={false} autoCapitalize="none" />
        </Form.Item>
        <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("password_needed") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {withCode && (
          <Form.Item name="code" label={t("code_or_paper")} rules={[{ required: true, whitespace: true, message: t("needed") }]}>
            <Input autoComplete="one-time-code" autoFocus spellCheck={false} maxLength={40} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>{t("sign_in")}</Button>
      </Form>
      <Doors next={nextPath(search.next)} />
      <p className="quiet">{t("first_hint")}</p>
    </Gate>
  )
}

function refusal(error: Error, t: TFunction<"accounts">): string {
  if (!(error instanceof Problem)) return error.message
  if (error.code === "wrong_code") return t("wrong_code")
  if (error.code === "sso_only") return t("sso_only_refused")
  if (error.status === 401 || error.status === 403) return t("wrong")
  return error.status === 429 ? t("too_many") : error.message
}

// Back from a provider: the answer is handed to the server, once. What it says stands in the address no longer than that.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { Alert, Button, Form, Input } from "antd"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"
import { ME, nextPath } from "../../shell/session"
import { Loading } from "../../ui/States"
import { Gate } from "../accounts/Gate"
import { detailOf, useSsoRefusal } from "./refusal"
import { answerOf, sso, takeNext, type Finished } from "./sso"

export default function Return() {
  const { t } = useTranslation("sso")
  const { t: accounts } = useTranslation("accounts")
  const refusal = useSsoRefusal()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [answer] = useState(() => answerOf(location.search))
  const handed = useRef(false)
  const enter = async (finished: Finished) => {
    queries.removeQueries({ queryKey: ME })
    const next = nextPath(takeNext())
    if (finished.purpose === "link" || finished.must_enrol) await navigate({ to: "/account", replace: true })
    else if (next) location.replace(next)
    else await navigate({ to: "/", replace: true })
  }
  const finish = useMutation({ mutationFn: sso.finish, onSuccess: enter })
  const code = useMutation({ mutationFn: ({ code: given }: { code: string }) => sso.code(answer?.state ?? "", given.trim()), onSuccess: enter })
  useEffect(() => {
    if (!answer || handed.current) return
    handed.current = true
    history.replaceState(history.state, "", location.pathname)
    finish.mutate(answer)
  }, [answer, finish])
  const owed = finish.error instanceof Problem && finish.error.code === "second_factor_required"
  if (owed) {
    const gone = code.error instanceof Problem && code.error.status === 410
    return (
      <Gate title={accounts("second")}>
        {code.error ? <Alert type="error" showIcon title={refusal(code.error)} role="alert" /> : <Alert type="info" showIcon title={accounts("code_ask")} role="status" />}
        {gone ? <Back /> : (
          <Form<{ code: string }> layout="vertical" requiredMark={false} size="large" disabled={code.isPending} onFinish={(fields) => { code.mutate(fields) }}>
            <Form.Item name="code" label={accounts("code_or_paper")} rules={[{ required: true, whitespace: true, message: accounts("needed") }]}>
              <Input autoComplete="one-time-code" autoFocus spellCheck={false} maxLength={40} />
            </Form.Item>
            <Button type="primary" htmlType="submit" block loading={code.isPending}>{accounts("sign_in")}</Button>
          </Form>
        )}
      </Gate>
    )
  }
  const refused = finish.error
  if (!answer || refused) {
    return (
      <Gate title={t("not_in")}>
        <Alert type="error" showIcon title={refused ? refusal(refused) : t("refused_sso_stale")} description={detailOf(refused)} role="alert" />
        <Back />
      </Gate>
    )
  }
  return <Gate title={t("coming")}><Loading rows={3} /></Gate>
}

function Back() {
  const { t } = useTranslation("sso")
  return <Button type="primary" block size="large" href="/console/sign-in">{t("back")}</Button>
}

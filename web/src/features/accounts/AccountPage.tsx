// What everybody looks after for themselves: second factor, sessions, personal tokens.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Failed, Loading } from "../../ui/States"
import { Identities } from "../sso/Identities"
import { PersonalTokens } from "./PersonalTokens"
import { useAccountsRefusal } from "./refusal"
import { SecondFactor } from "./SecondFactor"
import { SessionList } from "./SessionList"
import { mine } from "./staff"
import "./accounts.css"

const Mine = lazy(() => import("../standing/Mine"))

export default function AccountPage() {
  const { t } = useTranslation("accounts")
  const me = useMe()
  const owed = me.data?.must_enrol === true
  return (
    <div className="stack account-page">
      <div className="page-head"><h1>{t("account")}</h1></div>
      {!owed && me.data && may(me.data, "standing.own") && <Suspense><Mine /></Suspense>}
      {owed && <Alert type="warning" showIcon title={t("must_enrol")} />}
      <SecondFactor />
      {!owed && <Identities />}
      <Sessions />
      {!owed && <PersonalTokens />}
    </div>
  )
}

function Sessions() {
  const { t } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const key = ["me", "sessions"]
  const list = useQuery({ queryKey: key, queryFn: mine.sessions })
  const end = useMutation({
    mutationFn: (session: string | null) => (session === null ? mine.endOthers() : mine.endSession(session)),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  const others = list.data?.items.some((session) => !session.current) ?? false
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("my_sessions")}</h2>
        <span className="spring" />
        {others && <Button size="small" loading={end.isPending} onClick={() => { end.mutate(null) }}>{t("sessions_end_others")}</Button>}
      </div>
      {end.error && <Alert type="error" showIcon title={refusal(end.error)} role="alert" />}
      {list.isPending ? <Loading rows={3} /> : list.data
        ? <SessionList sessions={list.data.items} end={(session) => { end.mutate(session.id) }} />
        : <Failed error={list.error} retry={() => void list.refetch()} />}
    </section>
  )
}

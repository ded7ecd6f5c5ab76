// API tokens: keys for programs.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query"
import { Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { PlusIcon } from "../../ui/icons"
import { Failed, Loading } from "../../ui/States"
import { useAccountsRefusal } from "./refusal"
import { staff, type Token } from "./staff"
import { TokenForm } from "./TokenForm"
import { TokenTable } from "./TokenTable"
import "./accounts.css"

const KEY = ["tokens"] as const

export default function TokensPage() {
  const { t } = useTranslation("accounts")
  const me = useMe()
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: KEY, queryFn: ({ pageParam }) => staff.tokens(pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const roles = useQuery({ queryKey: ["roles"], queryFn: staff.roles, enabled: me.data !== undefined && may(me.data, "staff.read") })
  const [adding, setAdding] = useState(false)
  const [revoking, setRevoking] = useState<Token | null>(null)
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  if (list.isPending) return <Loading rows={6} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  return (
    <>
      <div className="page-head">
        <h1>{t("tokens")}</h1>
        <span className="spring" />
        {roles.data && <Button type="primary" icon={<PlusIcon />} onClick={() => setAdding(true)}>{t("token_add")}</Button>}
      </div>
      <div className="panel">
        <TokenTable label={t("tokens")} tokens={list.data.pages.flatMap((page) => page.items)} revoke={setRevoking} />
        {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </div>
      {adding && roles.data && (
        <TokenForm roles={roles.data} close={() => { setAdding(false); void reload() }} make={({ name, role = "", days }) => staff.createToken({ name, role, expires_in_days: days === 0 ? null : days })} />
      )}
      {revoking && (
        <Confirm
          title={t("revoke_title", { name: revoking.name })} hint={t("revoke_hint")} ok={t("revoke")} close={() => setRevoking(null)} refusal={refusal}
          act={async () => { await staff.revokeToken(revoking.id); await reload() }}
        />
      )}
    </>
  )
}

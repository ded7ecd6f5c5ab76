// Keys for the own scripts.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { PlusIcon } from "../../ui/icons"
import { Failed, Loading } from "../../ui/States"
import { useAccountsRefusal } from "./refusal"
import { mine, type Token } from "./staff"
import { TokenForm } from "./TokenForm"
import { TokenTable } from "./TokenTable"

const KEY = ["me", "tokens"] as const

export function PersonalTokens() {
  const { t } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const list = useQuery({ queryKey: KEY, queryFn: mine.tokens })
  const [adding, setAdding] = useState(false)
  const [revoking, setRevoking] = useState<Token | null>(null)
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("personal_tokens")}</h2>
        <span className="spring" />
        <Button size="small" icon={<PlusIcon />} onClick={() => setAdding(true)}>{t("token_add")}</Button>
      </div>
      <p className="quiet panel-text">{t("personal_hint")}</p>
      {list.isPending ? <Loading rows={2} /> : list.data
        ? <TokenTable label={t("personal_tokens")} tokens={list.data.items} revoke={setRevoking} />
        : <Failed error={list.error} retry={() => void list.refetch()} />}
      {adding && <TokenForm close={() => { setAdding(false); void reload() }} make={({ name, days }) => mine.createToken({ name, expires_in_days: days })} />}
      {revoking && (
        <Confirm
          title={t("revoke_title", { name: revoking.name })} hint={t("revoke_hint")} ok={t("revoke")} close={() => setRevoking(null)} refusal={refusal}
          act={async () => { await mine.revokeToken(revoking.id); await reload() }}
        />
      )}
    </section>
  )
}

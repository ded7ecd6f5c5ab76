// Providers that know me: linked after the password was asked for again, taken off while another way in stays.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { Ask } from "../accounts/Ask"
import { useSsoRefusal } from "./refusal"
import { identities, leave, sso, type Door, type Identity } from "./sso"
import "./sso.css"

const KEY = ["me", "identities"] as const

export function Identities() {
  const { t } = useTranslation("sso")
  const { t: accounts } = useTranslation("accounts")
  const me = useMe()
  const refusal = useSsoRefusal()
  const queries = useQueryClient()
  const list = useQuery({ queryKey: KEY, queryFn: identities.mine })
  const doors = useQuery({ queryKey: ["sso", "doors"], queryFn: sso.doors, staleTime: 60_000 })
  const [linking, setLinking] = useState<Door | null>(null)
  const [removing, setRemoving] = useState<Identity | null>(null)
  const link = async (door: Door, password: string) => { leave(await identities.link(door.id, password), null) }
  const fresh = useMutation({ mutationFn: (door: Door) => link(door, "") })
  if (list.isPending) return <Loading rows={2} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const open = (doors.data ?? []).filter((door) => !list.data.some((identity) => identity.provider === door.id))
  if (list.data.length === 0 && open.length === 0) return null
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("title")}</h2></div>
      {fresh.error && <Alert type="error" showIcon title={refusal(fresh.error)} role="alert" />}
      <ul className="sso-list">
        {list.data.map((identity) => (
          <li key={identity.id}>
            <span className="account-cell">
              <span className="strong">{identity.provider_name}</span>
              <span>{identity.shown}</span>
              <span className="quiet num">{t("linked_at", { time: dateTime(identity.created_at_ms) })}</span>
            </span>
            <Button size="small" aria-label={`${t("unlink")} ${identity.provider_name}`} onClick={() => setRemoving(identity)}>{t("unlink")}</Button>
          </li>
        ))}
        {open.map((door) => (
          <li key={door.id}>
            <span className="account-cell"><span className="strong">{door.name}</span><span className="quiet">{t("not_linked")}</span></span>
            <Button size="small" loading={fresh.isPending} aria-label={`${t("link")} ${door.name}`} onClick={() => { if (me.data?.has_password) setLinking(door); else fresh.mutate(door) }}>{t("link")}</Button>
          </li>
        ))}
      </ul>
      {linking && (
        <Ask
          title={t("link_title", { name: linking.name })} hint={<p>{t("link_hint")}</p>} ok={accounts("go_on")} close={() => setLinking(null)}
          fields={[{ name: "password", label: accounts("password"), secret: true }]} act={({ password = "" }) => link(linking, password)}
        />
      )}
      {removing && (
        <Confirm
          title={t("unlink_title", { name: removing.provider_name })} hint={t("unlink_hint")} ok={t("unlink")} refusal={refusal} close={() => setRemoving(null)}
          act={async () => {
            await identities.unlink(removing.id)
            await queries.invalidateQueries({ queryKey: KEY })
          }}
        />
      )}
    </section>
  )
}

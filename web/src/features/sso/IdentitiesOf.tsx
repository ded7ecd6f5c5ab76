// How somebody is known at the providers; who manages staff takes an identity off.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import type { Member } from "../accounts/staff"
import { useSsoRefusal } from "./refusal"
import { identities, type Identity } from "./sso"
import "./sso.css"

export function IdentitiesOf({ member, manages, close }: { member: Member; manages: boolean; close: () => void }) {
  const { t } = useTranslation("sso")
  const refusal = useSsoRefusal()
  const queries = useQueryClient()
  const key = ["staff", member.id, "identities"]
  const list = useQuery({ queryKey: key, queryFn: () => identities.of(member.id) })
  const [removing, setRemoving] = useState<Identity | null>(null)
  return (
    <Modal open title={t("identities_of", { name: member.name })} width={520} footer={null} onCancel={close}>
      {list.isPending ? <Loading rows={2} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} />
        : list.data.length === 0 ? <Alert type="info" title={t("not_linked")} />
          : (
            <ul className="sso-list">
              {list.data.map((identity) => (
                <li key={identity.id}>
                  <span className="account-cell">
                    <span className="strong">{identity.provider_name}</span>
                    <span>{identity.shown}</span>
                    {identity.follows_groups && <span className="quiet">{t("follows_groups")}</span>}
                    <span className="quiet num">{t("linked_at", { time: dateTime(identity.created_at_ms) })}</span>
                  </span>
                  {manages && <Button size="small" danger onClick={() => setRemoving(identity)}>{t("unlink")}</Button>}
                </li>
              ))}
            </ul>
          )}
      {removing && (
        <Confirm
          title={t("unlink_title", { name: removing.provider_name })} hint={t("unlink_their_hint")} ok={t("unlink")} refusal={refusal} close={() => setRemoving(null)}
          act={async () => {
            await identities.unlinkOf(member.id, removing.id)
            await queries.invalidateQueries({ queryKey: key })
          }}
        />
      )}
    </Modal>
  )
}

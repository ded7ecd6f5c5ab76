// Somebody's sessions, and the end of them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Modal } from "antd"
import { useTranslation } from "react-i18next"
import { Failed, Loading } from "../../ui/States"
import { useAccountsRefusal } from "./refusal"
import { SessionList } from "./SessionList"
import { staff, type Member } from "./staff"

export function SessionsOf({ member, manages, close }: { member: Member; manages: boolean; close: () => void }) {
  const { t } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const queries = useQueryClient()
  const key = ["staff", member.id, "sessions"]
  const list = useQuery({ queryKey: key, queryFn: () => staff.sessions(member.id) })
  const end = useMutation({
    mutationFn: (session: string | null) => (session === null ? staff.endSessions(member.id) : staff.endSession(member.id, session)),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  })
  const some = (list.data?.items.length ?? 0) > 0
  return (
    <Modal
      open title={t("sessions_of", { name: member.name })} onCancel={close} width={560}
      footer={manages && some ? <Button danger loading={end.isPending} onClick={() => { end.mutate(null) }}>{t("sessions_end_all")}</Button> : null}
    >
      <div className="stack">
        {end.error && <Alert type="error" showIcon title={refusal(end.error)} role="alert" />}
        {list.isPending ? <Loading rows={3} /> : list.data
          ? <SessionList sessions={list.data.items} {...(manages ? { end: (session) => { end.mutate(session.id) } } : {})} />
          : <Failed error={list.error} retry={() => void list.refetch()} />}
      </div>
    </Modal>
  )
}

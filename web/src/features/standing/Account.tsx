// Which account of the staff a host is 员工账号.
import { useMutation } from "@tanstack/react-query"
import { Alert, Button, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useStandingRefusal } from "./refusal"
import { standing, type Host } from "./standing"

export function AccountForm({ host, close, reload }: { host: Host; close: () => void; reload: () => Promise<void> }) {
  const { t } = useTranslation("standing")
  const { t: ui } = useTranslation("ui")
  const refusal = useStandingRefusal()
  const [login, setLogin] = useState(host.account?.login ?? "")
  const set = useMutation({
    mutationFn: (login: string | null) => (login === null ? standing.unlink(host.id) : standing.link(host.id, login)),
    onSuccess: async () => {
      await reload()
      close()
    },
  })
  const link = () => { if (login.trim() !== "") set.mutate(login.trim()) }
  return (
    <Modal
      open title={t("account_title", { name: host.name })} width={460} onCancel={close} destroyOnHidden
      footer={[
        ...(host.account ? [<Button key="unlink" danger loading={set.isPending} onClick={() => set.mutate(null)}>{t("account_unlink")}</Button>] : []),
        <Button key="cancel" onClick={close}>{ui("cancel")}</Button>,
        <Button key="link" type="primary" loading={set.isPending} disabled={login.trim() === ""} onClick={link}>{t("account_link")}</Button>,
      ]}
    >
      <form className="stack" onSubmit={(event) => { event.preventDefault(); link() }}>
        <p className="quiet">{t("account_hint")}</p>
        {set.error && <Alert type="error" showIcon title={refusal(set.error)} role="alert" />}
        <label className="standing-login">{t("account_login")}<Input value={login} maxLength={100} autoComplete="off" onChange={(event) => setLogin(event.target.value)} /></label>
      </form>
    </Modal>
  )
}

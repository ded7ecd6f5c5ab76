// A link for one use, shown this once, to be handed over.
import { Alert, Button, Modal } from "antd"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"
import { dateTime } from "../../ui/format"
import type { OneTimeLink } from "./staff"

export function LinkShown({ link, name, close }: { link: OneTimeLink; name: string; close: () => void }) {
  const { t } = useTranslation("accounts")
  return (
    <Modal open title={t(`link_${link.kind}`, { name })} onCancel={close} width={560} mask={{ closable: false }} footer={<Button type="primary" onClick={close}>{t("link_done")}</Button>}>
      <div className="stack">
        <Alert type="warning" showIcon title={t("link_once")} />
        <CopyField label={t("link")} value={new URL(link.path, location.origin).href} />
        <p className="quiet">{t("link_until", { time: dateTime(link.expires_at_ms) })}</p>
      </div>
    </Modal>
  )
}

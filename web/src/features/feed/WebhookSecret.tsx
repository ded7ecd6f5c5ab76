// The signing secret, shown this once.
import { Alert, Button, Modal } from "antd"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"
import type { MadeWebhook } from "./webhooks"

export function WebhookSecret({ webhook, close }: { webhook: MadeWebhook; close: () => void }) {
  const { t } = useTranslation("feed")
  return (
    <Modal
      open title={`${t("secret_title")} · ${webhook.name}`} onCancel={close} width={600} mask={{ closable: false }}
      footer={<Button type="primary" onClick={close}>{t("secret_done")}</Button>}
    >
      <div className="stack">
        <Alert type="warning" showIcon title={t("secret_once")} />
        <CopyField label={t("secret")} value={webhook.secret} />
      </div>
    </Modal>
  )
}

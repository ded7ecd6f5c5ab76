// A write key, shown this once, and where it goes.
import { Alert, Button, Modal } from "antd"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"
import type { MadeSource } from "./collect"
import { Connect } from "./Connect"

export function KeyShown({ made, close }: { made: MadeSource; close: () => void }) {
  const { t } = useTranslation("collect")
  return (
    <Modal open title={`${t("key")} · ${made.name}`} onCancel={close} width={680} mask={{ closable: false }} footer={<Button type="primary" onClick={close}>{t("key_done")}</Button>}>
      <div className="stack">
        <Alert type="warning" showIcon title={t("key_once")} />
        <CopyField label={t("key")} value={made.write_key} />
        <Connect kind={made.kind} writeKey={made.write_key} />
      </div>
    </Modal>
  )
}

// The stream key, shown this once, and how to go live with it.
import { Alert, Button, Modal } from "antd"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"

export function StreamKey({ title, streamKey, pushPort, close }: { title: string; streamKey: string; pushPort: number; close: () => void }) {
  const { t } = useTranslation("room")
  const server = `rtmp://${location.hostname}:${pushPort}/live`
  return (
    <Modal
      open title={`${t("key_title")} · ${title}`} onCancel={close} width={620} mask={{ closable: false }}
      footer={<Button type="primary" onClick={close}>{t("key_done")}</Button>}
    >
      <div className="stack">
        <Alert type="warning" showIcon title={t("key_once")} />
        <CopyField label={t("server")} value={server} />
        <CopyField label={t("key")} value={streamKey} />
        <h3>{t("obs")}</h3>
        <ol className="steps">
          <li>{t("obs_1")}</li>
          <li>{t("obs_2")}</li>
          <li>{t("obs_3")}</li>
          <li>{t("obs_4")}</li>
        </ol>
        <CopyField label={t("ffmpeg")} value={`ffmpeg -re -i show.mp4 -c copy -f flv ${server}/${streamKey}`} />
      </div>
    </Modal>
  )
}

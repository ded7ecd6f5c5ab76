// The secret, shown this once, within the lines that go into the server's configuration.
import { Alert, Button, Modal } from "antd"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"
import { configLines, KINDS, type NewMediaServer } from "./servers"

export function ServerSecret({ server, close }: { server: NewMediaServer; close: () => void }) {
  const { t } = useTranslation("mediaServers")
  const hook = new URL(server.hook_path, location.origin).href
  const lines = configLines(server.kind, server.mode, hook, `${location.hostname}:${server.push_port}`)
  const byName = server.kind === "nginx_rtmp" && server.mode === "forward"
  return (
    <Modal
      open title={`${t("secret_title")} · ${server.name}`} onCancel={close} width={680} mask={{ closable: false }}
      footer={<Button type="primary" onClick={close}>{t("secret_done")}</Button>}
    >
      <div className="stack">
        <Alert type="warning" showIcon title={t("secret_once")} />
        <CopyField label={t("hook")} value={hook} />
        <h3>{t("lines", { kind: KINDS[server.kind] })}</h3>
        <pre className="mono config-lines">{lines}</pre>
        <CopyField label={t("copy_lines")} value={lines} />
        <p className="quiet">{t(byName ? "push_hint_name" : "push_hint")}</p>
      </div>
    </Modal>
  )
}

// A media server's form.
import { Alert, Form, Input, Modal, Radio, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useServerRefusal } from "./refusal"
import { KINDS, type Fields, type Kind, type MediaServer, type Mode } from "./servers"

interface Props {
  server?: MediaServer
  submit: (fields: Fields) => Promise<void>
  close: () => void
}

interface Shown {
  name: string
  kind: Kind
  mode: Mode
  pull_url: string
  allowed: string
}

export function ServerForm({ server, submit, close }: Props) {
  const { t } = useTranslation("mediaServers")
  const { t: ui } = useTranslation("ui")
  const refusal = useServerRefusal()
  const [form] = Form.useForm<Shown>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const watched = Form.useWatch("mode", form) as Shown["mode"] | undefined
  const mode = watched ?? server?.mode ?? "pull"
  const finish = async ({ name, kind, mode, pull_url, allowed }: Shown) => {
    setBusy(true)
    setFailure(null)
    const allowed_ips = allowed.split(/[\s,，]+/).filter(Boolean)
    try {
      await submit({ name: name.trim(), kind, mode, allowed_ips, ...(mode === "pull" ? { pull_url: pull_url.trim() } : {}) })
      close()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open title={t(server ? "edit_title" : "add_title")} okText={ui("save")} confirmLoading={busy} width={560} mask={{ closable: false }}
      onOk={() => form.submit()} onCancel={close} destroyOnHidden
    >
      <Form<Shown>
        form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void finish(fields)}
        initialValues={{
          name: server?.name ?? "", kind: server?.kind ?? "srs", mode: server?.mode ?? "pull",
          pull_url: server?.pull_url ?? "", allowed: server?.allowed_ips.join(", ") ?? "",
        }}
      >
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("name_needed") }]}>
          <Input autoFocus maxLength={50} />
        </Form.Item>
        <Form.Item name="kind" label={t("kind")}>
          <Select disabled={server !== undefined} options={Object.entries(KINDS).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="mode" label={t("mode")} extra={t(mode === "pull" ? "pull_hint" : "forward_hint")}>
          <Radio.Group options={[{ value: "pull", label: t("pull") }, { value: "forward", label: t("forward") }]} />
        </Form.Item>
        {mode === "pull" && (
          <Form.Item name="pull_url" label={t("pull_url")} extra={`${t("pull_url_hint")}${server?.has_query ? ` ${t("query_kept")}` : ""}`} rules={[{ required: true, whitespace: true, message: t("pull_url_needed") }]}>
            <Input className="mono" placeholder="rtmp://10.0.0.5/live/{name}" />
          </Form.Item>
        )}
        <Form.Item name="allowed" label={t("allowed")} extra={t("allowed_hint")}>
          <Input className="mono" placeholder="10.0.0.5, 10.1.0.0/16" />
        </Form.Item>
      </Form>
    </Modal>
  )
}

// A target's form. The stream key goes in and is never shown again.
import { Alert, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useRelayRefusal } from "./refusal"
import { PRESETS, type Preset, type Relay, type RelayFields } from "./relays"

const LONGEST = 50

interface Props {
  relay?: Relay
  submit: (fields: RelayFields) => Promise<void>
  close: () => void
}

interface Fields {
  preset: Preset["key"]
  name: string
  url: string
  stream_key?: string
}

export function RelayForm({ relay, submit, close }: Props) {
  const { t } = useTranslation("relay")
  const { t: ui } = useTranslation("ui")
  const refusal = useRelayRefusal()
  const [form] = Form.useForm<Fields>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const watched = Form.useWatch("preset", form) as Fields["preset"] | undefined
  const preset = watched ?? "custom"
  const choose = (key: Preset["key"]) => {
    const chosen = PRESETS.find((one) => one.key === key)
    form.setFieldsValue({ url: chosen?.url ?? "", ...(key === "custom" ? {} : { name: t(`preset_${key}`) }) })
  }
  const finish = async (fields: Fields) => {
    setBusy(true)
    setFailure(null)
    const key = fields.stream_key?.trim()
    try {
      await submit({ name: fields.name.trim(), url: fields.url.trim(), ...(key ? { stream_key: key } : {}) })
      close()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  const handedOut = !relay && preset !== "custom" && PRESETS.find((one) => one.key === preset)?.url === ""
  return (
    <Modal
      open title={t(relay ? "edit_title" : "add_title")} okText={ui("save")} confirmLoading={busy} width={520} mask={{ closable: false }}
      onOk={() => form.submit()} onCancel={close} destroyOnHidden
    >
      <Form<Fields>
        form={form} layout="vertical" requiredMark={false} autoComplete="off"
        initialValues={{ preset: "custom", name: relay?.name ?? "", url: relay?.url ?? "" }} onFinish={(fields) => void finish(fields)}
      >
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        {!relay && (
          <Form.Item name="preset" label={t("platform")} {...(handedOut ? { extra: t("preset_hint") } : {})}>
            <Select options={PRESETS.map((one) => ({ value: one.key, label: t(`preset_${one.key}`) }))} onChange={choose} />
          </Form.Item>
        )}
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("name_needed") }, { max: LONGEST, message: t("name_long") }]}>
          <Input />
        </Form.Item>
        <Form.Item name="url" label={t("url")} rules={[{ required: true, whitespace: true, message: t("url_needed") }, { pattern: /^\s*rtmps?:\/\//i, message: t("url_form") }]}>
          <Input className="mono" placeholder="rtmp://push.example.com/live" />
        </Form.Item>
        <Form.Item name="stream_key" label={t("key")} extra={t(relay ? "key_kept" : "key_hint")}>
          <Input.Password className="mono" autoComplete="new-password" visibilityToggle={false} placeholder={relay ? "••••••••" : ""} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

// A webhook's form.
import { useQuery } from "@tanstack/react-query"
import { Alert, Form, Input, Modal, Select, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useMasked } from "../../shell/Masked"
import { may, useMe } from "../../shell/session"
import { useWebhookRefusal } from "./refusal"
import { webhooks, type Fields, type Webhook } from "./webhooks"

interface Props {
  webhook?: Webhook
  submit: (fields: Fields) => Promise<void>
  close: () => void
}

export function WebhookForm({ webhook, submit, close }: Props) {
  const { t } = useTranslation("feed")
  const { t: ui } = useTranslation("ui")
  const me = useMe()
  const refusal = useWebhookRefusal()
  const kinds = useQuery({ queryKey: ["event-kinds"], queryFn: webhooks.kinds, enabled: me.data !== undefined && may(me.data, "event.read"), staleTime: Infinity })
  const [form] = Form.useForm<Fields>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const blind = useMasked()
  const finish = async ({ name, url, events, masked }: Fields) => {
    setBusy(true)
    setFailure(null)
    try {
      await submit({ name: name.trim(), url: url.trim(), events, ...(blind || masked === undefined ? {} : { masked }) })
      close()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  const known = kinds.data?.map((kind) => kind.name) ?? webhook?.events ?? []
  return (
    <Modal
      open title={t(webhook ? "edit_title" : "add_title")} okText={ui("save")} confirmLoading={busy} width={560} mask={{ closable: false }}
      onOk={() => form.submit()} onCancel={close} destroyOnHidden
    >
      <Form<Fields>
        form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void finish(fields)}
        initialValues={{ name: webhook?.name ?? "", url: webhook?.url ?? "", events: webhook?.events ?? [], masked: webhook?.masked ?? blind }}
      >
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("name_needed") }]}>
          <Input autoFocus maxLength={50} />
        </Form.Item>
        <Form.Item name="url" label={t("url")} extra={t("url_hint")} rules={[{ required: true, whitespace: true, message: t("url_needed") }]}>
          <Input className="mono" placeholder="https://example.org/kaibo" maxLength={2000} />
        </Form.Item>
        <Form.Item name="events" label={t("events")} extra={t("events_hint")}>
          <Select mode="multiple" allowClear placeholder={t("all_events")} options={known.map((value) => ({ value, label: value }))} />
        </Form.Item>
        <Form.Item name="masked" label={t("masked")} valuePropName="checked" extra={t(blind ? "masked_only" : "masked_hint")}>
          <Switch disabled={blind} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

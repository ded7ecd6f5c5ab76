// A source's form. A new one's write key is shown once, with the lines that put it into a client.
import { useMutation } from "@tanstack/react-query"
import { Alert, Form, Input, InputNumber, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { collect, KINDS, type MadeSource, type Source, type SourceFields } from "./collect"
import { KeyShown } from "./KeyShown"
import { useCollectRefusal } from "./refusal"

export function SourceForm({ source, close }: { source?: Source; close: () => void }) {
  const { t } = useTranslation("collect")
  const { t: ui } = useTranslation("ui")
  const refusal = useCollectRefusal()
  const [form] = Form.useForm<SourceFields>()
  const [made, setMade] = useState<MadeSource | null>(null)
  const deed = useMutation({
    mutationFn: async ({ name, kind, events_per_s }: SourceFields) => {
      if (!source) {
        setMade(await collect.create({ name: name.trim(), kind, events_per_s }))
        return
      }
      await collect.change(source.id, { name: name.trim(), events_per_s })
      close()
    },
  })
  if (made) return <KeyShown made={made} close={close} />
  return (
    <Modal open title={t(source ? "edit_title" : "create_title")} okText={source ? ui("save") : t("create")} confirmLoading={deed.isPending} width={460} mask={{ closable: false }} onOk={() => form.submit()} onCancel={close}>
      <Form<SourceFields>
        form={form} layout="vertical" requiredMark={false} autoComplete="off" onFinish={(fields) => { deed.mutate(fields) }}
        initialValues={{ name: source?.name ?? "", kind: source?.kind ?? "web", events_per_s: source?.events_per_s ?? 1_000 }}
      >
        {deed.error && <Alert type="error" showIcon title={refusal(deed.error)} role="alert" />}
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("needed") }]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        {!source && (
          <Form.Item name="kind" label={t("kind")}>
            <Select options={KINDS.map((kind) => ({ value: kind, label: t(`kind_${kind}`) }))} />
          </Form.Item>
        )}
        <Form.Item name="events_per_s" label={t("limit_label")} extra={t("limit_hint")} rules={[{ required: true, message: t("needed") }]}>
          <InputNumber min={1} max={100_000} precision={0} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

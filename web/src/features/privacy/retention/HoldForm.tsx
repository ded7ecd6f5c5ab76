// Whom or what to hold, and why.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useRetentionRefusal } from "./refusal"
import { retention, type NewHold } from "./retention"

export function HoldForm({ close }: { close: () => void }) {
  const { t } = useTranslation("retention")
  const { message } = App.useApp()
  const refusal = useRetentionRefusal()
  const queries = useQueryClient()
  const [form] = Form.useForm<Omit<NewHold, "of">>()
  const [of, setOf] = useState<NewHold["of"]>("viewer")
  const place = useMutation({
    mutationFn: retention.hold,
    onSuccess: async () => {
      void message.success(t("held"))
      await queries.invalidateQueries({ queryKey: ["retention"] })
      close()
    },
  })
  return (
    <Modal open title={t("hold_title")} okText={t("hold")} cancelText={t("cancel")} confirmLoading={place.isPending} width={480} mask={{ closable: false }} onOk={() => form.submit()} onCancel={close}>
      <Form<Omit<NewHold, "of">> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => { place.mutate({ ...fields, of }) }} initialValues={{ name: "", reason: "" }}>
        {place.error && <Alert type="error" showIcon title={refusal(place.error)} role="alert" />}
        <Form.Item label={t("hold_of")} htmlFor="hold-of">
          <Select<NewHold["of"]> id="hold-of" value={of} onChange={setOf} options={(["viewer", "broadcast"] as const).map((value) => ({ value, label: t(`hold_of_${value}`) }))} />
        </Form.Item>
        <Form.Item name="name" label={t(`hold_name_${of}`)} rules={[{ required: true, whitespace: true, message: t("hold_needed") }]}>
          <Input className="mono" maxLength={64} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="reason" label={t("hold_reason")} extra={t("hold_reason_hint")} rules={[{ required: true, whitespace: true, message: t("hold_needed") }]}>
          <Input maxLength={300} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  )
}

// The small form behind "new room" and "rename".
import { Alert, Form, Input, Modal, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"

const LONGEST = 100

interface Fields {
  title: string
  isPrivate: boolean
}

interface Props {
  heading: string
  title?: string
  ok?: string
  withPrivate?: boolean
  submit: (fields: Fields) => Promise<void>
  close: () => void
}

export function TitleForm({ heading, title = "", ok, withPrivate = false, submit, close }: Props) {
  const { t } = useTranslation("room")
  const { t: ui } = useTranslation("ui")
  const [form] = Form.useForm<Fields>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const finish = async (fields: Fields) => {
    setBusy(true)
    setFailure(null)
    try {
      await submit({ title: fields.title.trim(), isPrivate: fields.isPrivate })
      close()
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal open title={heading} okText={ok ?? ui("save")} confirmLoading={busy} onOk={() => form.submit()} onCancel={close} destroyOnHidden width={440}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ title, isPrivate: false }} onFinish={(fields) => void finish(fields)}>
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <Form.Item
          name="title" label={t("title")}
          rules={[{ required: true, whitespace: true, message: t("title_needed") }, { max: LONGEST, message: t("title_long", { n: String(LONGEST) }) }]}
        >
          <Input autoFocus placeholder={t("title_placeholder")} />
        </Form.Item>
        {withPrivate && (
          <Form.Item name="isPrivate" label={t("private_label")} valuePropName="checked" extra={t("private_hint")}>
            <Switch />
          </Form.Item>
        )}
      </Form>
    </Modal>
  )
}

// One or two fields in a dialog: a name, a password, a code. It stays until the server agreed.
import { useMutation } from "@tanstack/react-query"
import { Alert, Form, Input, Modal } from "antd"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { useAccountsRefusal } from "./refusal"

interface Field {
  name: string
  label: string
  value?: string
  secret?: boolean
}

interface Props {
  title: string
  hint?: ReactNode
  fields: Field[]
  ok: string
  act: (values: Record<string, string>) => Promise<unknown>
  close: () => void
}

export function Ask({ title, hint, fields, ok, act, close }: Props) {
  const { t } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const [form] = Form.useForm<Record<string, string>>()
  const deed = useMutation({ mutationFn: act, onSuccess: close })
  return (
    <Modal open title={title} okText={ok} confirmLoading={deed.isPending} width={440} mask={{ closable: false }} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => { deed.mutate(values) }} initialValues={Object.fromEntries(fields.map((one) => [one.name, one.value ?? ""]))}>
        {deed.error && <Alert type="error" showIcon title={refusal(deed.error)} role="alert" />}
        {hint}
        {fields.map((one, n) => (
          <Form.Item key={one.name} name={one.name} label={one.label} rules={[{ required: true, whitespace: true, message: t("needed") }]}>
            {one.secret ? <Input.Password autoComplete="current-password" autoFocus={n === 0} /> : <Input autoComplete="off" autoFocus={n === 0} maxLength={100} />}
          </Form.Item>
        ))}
      </Form>
    </Modal>
  )
}

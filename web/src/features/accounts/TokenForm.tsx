// A new key: what for, until when, and for a program which role. The secret is shown once.
import { useMutation } from "@tanstack/react-query"
import { Alert, Button, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { CopyField } from "../../ui/CopyField"
import { useAccountsRefusal } from "./refusal"
import type { MadeToken, Role } from "./staff"

export interface Fields {
  name: string
  role?: string
  days: number
}

interface Props {
  /** A program's key has a role; a personal one has its owner's. */
  roles?: Role[]
  make: (fields: Fields) => Promise<MadeToken>
  close: () => void
}

const DAYS = [7, 30, 90, 365]

export function TokenForm({ roles, make, close }: Props) {
  const { t, i18n } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const [form] = Form.useForm<Fields>()
  const [made, setMade] = useState<MadeToken | null>(null)
  const deed = useMutation({ mutationFn: make, onSuccess: setMade })
  if (made) {
    return (
      <Modal open title={`${t("token")} · ${made.name}`} onCancel={close} width={560} mask={{ closable: false }} footer={<Button type="primary" onClick={close}>{t("token_done")}</Button>}>
        <div className="stack">
          <Alert type="warning" showIcon title={t("token_once")} />
          <CopyField label={t("token")} value={made.token} />
        </div>
      </Modal>
    )
  }
  const ends = [...DAYS.map((days) => ({ value: days, label: t("days", { n: String(days) }) })), ...(roles ? [{ value: 0, label: t("no_end") }] : [])]
  return (
    <Modal open title={t("token_title")} okText={t("token_make")} confirmLoading={deed.isPending} width={440} mask={{ closable: false }} onOk={() => form.submit()} onCancel={close}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => { deed.mutate({ ...fields, name: fields.name.trim() }) }} initialValues={{ days: 90 }}>
        {deed.error && <Alert type="error" showIcon title={refusal(deed.error)} role="alert" />}
        <Form.Item name="name" label={t("token_for")} rules={[{ required: true, whitespace: true, message: t("needed") }]}>
          <Input autoFocus maxLength={100} autoComplete="off" />
        </Form.Item>
        {roles && (
          <Form.Item name="role" label={t("role")} rules={[{ required: true, message: t("needed") }]}>
            <Select options={roles.map((one) => ({ value: one.name, label: i18n.language === "en" ? one.en : one.zh, disabled: !one.grantable }))} />
          </Form.Item>
        )}
        <Form.Item name="days" label={t("expires")}><Select options={ends} /></Form.Item>
      </Form>
    </Modal>
  )
}

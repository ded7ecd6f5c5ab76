// Who it is about, and what is to be done.
import { Button, Form, Input, Select } from "antd"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { WAYS, type Named } from "./privacy"

interface Props {
  exporting: boolean
  hand: (named: Named) => void
  erase: (named: Named) => void
}

export function SubjectForm({ exporting, hand, erase }: Props) {
  const { t } = useTranslation("privacy")
  const me = useMe()
  const [form] = Form.useForm<Named>()
  const checked = (then: (named: Named) => void) => {
    // What is missing stands at its field.
    form.validateFields().then(then, () => undefined)
  }
  return (
    <Form<Named> form={form} layout="vertical" requiredMark={false} initialValues={{ way: "viewer", value: "" }}>
      <div className="privacy-fields">
        <Form.Item name="way" label={t("way")}>
          <Select options={WAYS.map((value) => ({ value, label: t(`way_${value}`) }))} />
        </Form.Item>
        <Form.Item name="value" label={t("value")} extra={t("value_hint")} rules={[{ required: true, whitespace: true, message: t("value_needed") }]}>
          <Input className="mono" maxLength={400} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <div className="privacy-deeds">
          {me.data && may(me.data, "privacy.export") && <Button loading={exporting} onClick={() => checked(hand)}>{t("export")}</Button>}
          <Button danger onClick={() => checked(erase)}>{t("erase")}</Button>
        </div>
      </div>
    </Form>
  )
}

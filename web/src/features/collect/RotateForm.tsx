// Another write key. The old one works on for a while, so that clients can be changed one by one.
import { useMutation } from "@tanstack/react-query"
import { Alert, Form, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { collect, type MadeSource, type Source } from "./collect"
import { KeyShown } from "./KeyShown"
import { useCollectRefusal } from "./refusal"

const HOURS = [0, 1, 24, 168, 720] as const

export function RotateForm({ source, close }: { source: Source; close: () => void }) {
  const { t } = useTranslation("collect")
  const refusal = useCollectRefusal()
  const [hours, setHours] = useState<number>(24)
  const [made, setMade] = useState<MadeSource | null>(null)
  const deed = useMutation({ mutationFn: () => collect.rotate(source.id, hours), onSuccess: setMade })
  if (made) return <KeyShown made={made} close={close} />
  return (
    <Modal open title={t("rotate_title", { name: source.name })} okText={t("rotate")} confirmLoading={deed.isPending} width={460} mask={{ closable: false }} onOk={() => deed.mutate()} onCancel={close}>
      <Form layout="vertical" requiredMark={false}>
        {deed.error && <Alert type="error" showIcon title={refusal(deed.error)} role="alert" />}
        <p>{t("rotate_hint")}</p>
        <Form.Item label={t("overlap")} htmlFor="overlap">
          <Select id="overlap" value={hours} options={HOURS.map((one) => ({ value: one, label: t(`overlap_${one}`) }))} onChange={setHours} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

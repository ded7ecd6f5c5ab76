// Has a candidate learned from what people decided so far.
import { useMutation } from "@tanstack/react-query"
import { Alert, Checkbox, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { CategorySelect } from "./CategorySelect"
import { ANY, models, type Version } from "./models"
import { useModelRefusal } from "./refusal"

export function Learn({ versions, done, close }: { versions: Version[]; done: (version: Version) => void; close: () => void }) {
  const { t } = useTranslation("models")
  const refusal = useModelRefusal()
  const [category, setCategory] = useState(ANY)
  const [onFrom, setOnFrom] = useState(true)
  const base = versions.find((version) => version.state === "in_force" && version.category === category)
  const learn = useMutation({
    mutationFn: () => models.learn(category, onFrom ? base?.id : undefined),
    onSuccess: (version) => { done(version); close() },
  })
  return (
    <Modal open title={t("learn_title")} okText={t("learn")} cancelText={t("cancel")} confirmLoading={learn.isPending} width={440} mask={{ closable: false }} onOk={() => learn.mutate()} onCancel={close}>
      <div className="stack">
        <p>{t("learn_hint")}</p>
        <div className="field"><span>{t("category")}</span><CategorySelect value={category} set={setCategory} /></div>
        {base && <Checkbox checked={onFrom} onChange={(event) => setOnFrom(event.target.checked)}>{t("learn_base")}</Checkbox>}
        {learn.error && <Alert type="error" showIcon title={refusal(learn.error)} role="alert" />}
      </div>
    </Modal>
  )
}

// Brings a trained model.
import { useMutation } from "@tanstack/react-query"
import { Alert, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { CategorySelect } from "./CategorySelect"
import { ANY, models, type Version } from "./models"
import { useModelRefusal } from "./refusal"

export function Upload({ done, close }: { done: (version: Version) => void; close: () => void }) {
  const { t } = useTranslation("models")
  const refusal = useModelRefusal()
  const [category, setCategory] = useState(ANY)
  const [note, setNote] = useState("")
  const [file, setFile] = useState<File | null>(null)
  const upload = useMutation({
    mutationFn: async () => {
      if (!file) throw new Error(t("file_needed"))
      return models.upload(file, category, note.trim())
    },
    onSuccess: (version) => { done(version); close() },
  })
  return (
    <Modal open title={t("upload_title")} okText={t("upload")} cancelText={t("cancel")} confirmLoading={upload.isPending} width={440} mask={{ closable: false }} onOk={() => upload.mutate()} onCancel={close}>
      <div className="stack">
        <label className="field">{t("file")}<input type="file" onChange={(event) => setFile(event.target.files?.[0] ?? null)} /></label>
        <div className="field"><span>{t("category")}</span><CategorySelect value={category} set={setCategory} /></div>
        <label className="field">{t("note")}<Input value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} /></label>
        {upload.error && <Alert type="error" showIcon title={refusal(upload.error)} role="alert" />}
      </div>
    </Modal>
  )
}

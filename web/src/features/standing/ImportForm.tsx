// A list of people to be kept away, taken over line by line, and what was skipped.
import { Alert, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { count } from "../../ui/format"
import { isRefusal, useStandingRefusal } from "./refusal"
import { standing, type Taken } from "./standing"

export function ImportForm({ close, reload }: { close: () => void; reload: () => Promise<void> }) {
  const { t } = useTranslation("standing")
  const refusal = useStandingRefusal()
  const [text, setText] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const [taken, setTaken] = useState<Taken | null>(null)
  const finish = async () => {
    setBusy(true)
    setFailure(null)
    try {
      setTaken(await standing.import(text))
      setText("")
      await reload()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open title={t("import")} width={560} okText={t("import")} okButtonProps={{ disabled: text.trim() === "" }} confirmLoading={busy} onOk={() => void finish()} onCancel={close} destroyOnHidden
    >
      <div className="stack">
        <p className="quiet">{t("import_hint")}</p>
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        {taken && (
          <Alert
            type={taken.skipped.length === 0 ? "success" : "warning"} showIcon title={t("imported", { n: count(taken.taken) })}
            description={taken.skipped.length > 0 && (
              <>
                <p>{t("skipped", { n: count(taken.skipped.length) })}</p>
                <ul className="standing-obstacles">{taken.skipped.slice(0, 20).map((one) => <li key={one.line}>{t("skipped_line", { line: String(one.line), reason: isRefusal(one.reason) ? t(`refused_${one.reason}`) : one.reason })}</li>)}</ul>
              </>
            )}
          />
        )}
        <input type="file" aria-label={t("import_file")} accept=".csv,.txt,.jsonl,.ndjson" onChange={(event) => { void event.target.files?.[0]?.text().then(setText) }} />
        <Input.TextArea aria-label={t("import_text")} className="mono" rows={6} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} autoComplete="off" />
      </div>
    </Modal>
  )
}

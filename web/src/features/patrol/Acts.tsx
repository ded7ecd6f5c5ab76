// What is done about a running show: the host is warned, or the show is interrupted, which is asked twice.
import { useMutation } from "@tanstack/react-query"
import { Alert, App, Checkbox, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { patrol, type Tile } from "./patrol"
import { usePatrolRefusal, useRules } from "./words"

interface Props {
  tile: Pick<Tile, "room" | "broadcast" | "title" | "finding">
  close: () => void
}

/** What it is about: the newest finding, if there is one. */
const about = (tile: Props["tile"]) => (tile.finding ? { finding: tile.finding.id } : {})

export function Warn({ tile, close }: Props) {
  const { t } = useTranslation("patrol")
  const { message } = App.useApp()
  const refusal = usePatrolRefusal()
  const [text, setText] = useState("")
  const warn = useMutation({
    mutationFn: () => patrol.warn(tile.room, { broadcast: tile.broadcast, text: text.trim(), ...about(tile) }),
    onSuccess: () => { void message.success(t("warned")); close() },
  })
  return (
    <Modal
      open title={`${t("warn")}：${tile.title}`} okText={t("warn_ok")} okButtonProps={{ disabled: text.trim() === "" }} confirmLoading={warn.isPending}
      onOk={() => warn.mutate()} onCancel={close} width={480}
    >
      <div className="stack">
        <p className="quiet">{t("warn_hint")}</p>
        {warn.error && <Alert type="error" showIcon title={refusal(warn.error)} role="alert" />}
        <Input.TextArea autoFocus aria-label={t("warn_text")} value={text} onChange={(event) => setText(event.target.value)} maxLength={500} rows={3} />
      </div>
    </Modal>
  )
}

export function Interrupt({ tile, close }: Props) {
  const { t } = useTranslation("patrol")
  const { message } = App.useApp()
  const refusal = usePatrolRefusal()
  const rules = useRules()
  const [clause, setClause] = useState<string | undefined>(() => (tile.finding?.kind === "speech" ? tile.finding.name : tile.finding?.label) ?? undefined)
  const [why, setWhy] = useState("")
  const [sure, setSure] = useState(false)
  const known = rules.some((rule) => rule.value === clause)
  const interrupt = useMutation({
    mutationFn: () => patrol.interrupt(tile.room, { broadcast: tile.broadcast, clause: clause ?? "", why: why.trim(), ...about(tile) }),
    onSuccess: () => { void message.success(t("interrupted")); close() },
  })
  return (
    <Modal
      open title={t("interrupt_title")} okText={t("interrupt_ok")} okButtonProps={{ danger: true, disabled: !known || why.trim() === "" || !sure }}
      confirmLoading={interrupt.isPending} mask={{ closable: false }} onOk={() => interrupt.mutate()} onCancel={close} width={480}
    >
      <div className="stack" data-testid="interrupt">
        <p>{t("interrupt_hint")}</p>
        {interrupt.error && <Alert type="error" showIcon title={refusal(interrupt.error)} role="alert" />}
        <label className="act-field">{t("clause")}<Select aria-label={t("clause")} value={known ? clause : undefined} onChange={setClause} options={rules} /></label>
        <label className="act-field">{t("why")}<Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} rows={2} /></label>
        <Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)}>{t("interrupt_sure", { title: tile.title })}</Checkbox>
      </div>
    </Modal>
  )
}

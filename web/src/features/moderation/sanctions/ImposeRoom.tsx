// What is done to a room: fewer are led to it for a while, or its show ends. No ladder proposes it, so who does it says why.
import { Alert, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../Reasons"
import { useImposing } from "./imposing"
import { CUT_LENGTHS, CUT_MINUTES, ROOM_KINDS } from "./sanctions"
import { useLength } from "./words"

interface Props {
  rooms: { id: string; title: string }[]
  done: () => void
  close: () => void
}

export function ImposeRoom({ rooms, done, close }: Props) {
  const { t } = useTranslation("sanctions")
  const named = useClauseName()
  const clauses = useClauses()
  const length = useLength()
  const [room, setRoom] = useState(rooms[0]?.id ?? "")
  const [clause, setClause] = useState("own")
  const [kind, setKind] = useState<(typeof ROOM_KINDS)[number]>("cut_traffic")
  const [minutes, setMinutes] = useState<number>(CUT_MINUTES)
  const [why, setWhy] = useState("")
  const { impose, busy, failure } = useImposing(() => { done(); close() })
  const finish = () => impose({ room, clause, kind, why: why.trim(), ...(kind === "cut_traffic" ? { minutes } : {}) })
  return (
    <Modal
      open title={t("impose_room")} okText={t("impose_ok")} okButtonProps={{ danger: true, disabled: room === "" || why.trim() === "" }} confirmLoading={busy} width={520}
      onOk={finish} onCancel={close} destroyOnHidden
    >
      <div className="impose" data-testid="impose-room">
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <label>{t("room")}<Select value={room} onChange={setRoom} showSearch={{ optionFilterProp: "label" }} options={rooms.map((one) => ({ value: one.id, label: one.title }))} /></label>
        <label>{t("clause")}<Select value={clause} onChange={setClause} options={clauses.data?.map((one) => ({ value: one.code, label: named(one.code) })) ?? []} /></label>
        <label>{t("what")}<Select value={kind} onChange={setKind} options={ROOM_KINDS.map((value) => ({ value, label: t(`kind_${value}`) }))} /></label>
        {kind === "cut_traffic" && <label>{t("how_long")}<Select value={minutes} onChange={setMinutes} options={CUT_LENGTHS.map((value) => ({ value, label: length(value) }))} /></label>}
        <p className="quiet">{t(kind === "cut_traffic" ? "cut_hint" : "end_hint")}</p>
        <label>{t("why_room")}<Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} rows={2} /></label>
      </div>
    </Modal>
  )
}

// What is kept of the show, for how long, and how to be rid of it.
import { useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { clock, dateTime } from "../../ui/format"
import { clipsApi } from "./api"
import { bytes } from "./bytes"
import { useRefusal } from "./refusal"
import { RuleButton } from "./RuleForm"
import type { Recording } from "./types"

interface Props {
  room: string
  broadcast: string
  recording: Recording
  live: boolean
  manages: boolean
}

export function RecordingPanel({ room, broadcast, recording, live, manages }: Props) {
  const { t } = useTranslation("clips")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRefusal()
  const [leaving, setLeaving] = useState(false)
  const failing = recording.failing === "no_space" || recording.failing === "disk" ? recording.failing : null
  const kept = recording.keep_until != null ? dateTime(recording.keep_until) : t(live ? "keep_live" : "keep_always")
  const remove = async () => {
    await clipsApi.removeRecording(broadcast)
    void message.success(t("removed_done"))
    await queries.invalidateQueries({ queryKey: ["recording", broadcast] })
  }
  return (
    <section className="panel recording" aria-label={t("recording")} data-testid="recording">
      <div className="panel-head"><h2>{t("recording")}</h2><span className={recording.state === "recording" ? "pill live" : "pill quiet"}>{t(`state_${recording.state}`)}</span></div>
      {failing && <p className="bad" role="alert">{t(`failing_${failing}`)}</p>}
      {recording.pieces.length > 0 && (
        <dl className="num">
          <dt>{t("length")}</dt><dd>{clock(recording.duration_ms)}</dd>
          <dt>{t("size")}</dt><dd>{bytes(recording.bytes)}</dd>
          <dt>{t("pieces")}</dt><dd>{recording.pieces.length}</dd>
          <dt>{t("keep_until")}</dt><dd>{kept}</dd>
          {recording.uploading_bytes != null && <><dt>{t("stored")}</dt><dd>{recording.uploading_bytes === 0 ? t("stored_all") : t("stored_waiting", { size: bytes(recording.uploading_bytes) })}</dd></>}
        </dl>
      )}
      <div className="recording-foot">
        <RuleButton room={room} />
        {manages && recording.state === "complete" && <Button size="small" danger onClick={() => setLeaving(true)}>{t("remove_recording")}</Button>}
      </div>
      {leaving && <Confirm title={t("remove_recording_title")} hint={t("remove_recording_hint")} ok={t("remove")} act={remove} close={() => setLeaving(false)} refusal={refusal} />}
    </section>
  )
}

// What the room shows while no encoder is there.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, InputNumber, Radio, Switch } from "antd"
import { useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { slateApi } from "./api"
import { useRefusal } from "./refusal"
import type { Slate, SlateKind } from "./types"

const KINDS: SlateKind[] = ["built_in", "last_frame", "upload"]
const FILES = "image/png,image/jpeg,image/webp,image/gif,video/mp4,video/quicktime,video/webm,video/x-matroska,.mkv,.flv"

interface Props {
  room: string
  slate: Slate
  manages: boolean
}

export function SlateForm({ room, slate, manages }: Props) {
  const { t } = useTranslation("slate")
  const [enabled, setEnabled] = useState(slate.enabled)
  const [kind, setKind] = useState(slate.kind)
  const [afterMs, setAfterMs] = useState(slate.after_ms)
  const save = useSave(room)
  const changed = enabled !== slate.enabled || kind !== slate.kind || afterMs !== slate.after_ms
  const missing = kind === "upload" && !slate.upload
  return (
    <section className="panel" aria-label={t("slate_settings")}>
      <div className="panel-head"><h2>{t("slate_settings")}</h2></div>
      <div className="slate-form">
        <label className="inline-switch"><Switch checked={enabled} disabled={!manages} onChange={setEnabled} aria-label={t("enabled")} /> {t("enabled")}</label>
        <label className="slate-after">
          {t("after")}
          <InputNumber
            min={0} max={25} step={0.5} value={afterMs / 1000} disabled={!manages || !enabled} aria-label={t("after")}
            onChange={(value) => { if (value !== null) setAfterMs(Math.round(value * 1000)) }}
          />
          {t("seconds")}
        </label>
        <Radio.Group
          className="slate-kinds" value={kind} disabled={!manages || !enabled} aria-label={t("kind")}
          onChange={(event) => setKind(event.target.value as SlateKind)} options={KINDS.map((one) => ({ value: one, label: t(`kind_${one}`) }))}
        />
        <Preview room={room} slate={slate} kind={kind} />
        {kind === "upload" && <Upload room={room} slate={slate} manages={manages} />}
        {manages && (
          <div className="slate-foot">
            <Button type="primary" disabled={!changed || missing} loading={save.isPending} onClick={() => save.mutate({ enabled, kind, after_ms: afterMs })}>{t("save")}</Button>
            {changed && <span className="quiet">{t("unsaved")}</span>}
          </div>
        )}
      </div>
    </section>
  )
}

function Preview({ room, slate, kind }: { room: string; slate: Slate; kind: SlateKind }) {
  const { t } = useTranslation("slate")
  if (kind === "last_frame") return <p className="slate-none quiet">{t("last_frame_hint")}</p>
  // The server shows what is set; another kind is chosen here first and saved later.
  if (kind === "upload" && slate.kind !== "upload") return <p className="slate-none quiet">{slate.upload ? t("unsaved") : t("no_upload")}</p>
  if (kind === "built_in" && slate.kind === "upload") return <p className="slate-none quiet">{t("built_in_hint")}</p>
  const version = kind === "upload" ? (slate.upload?.id ?? "") : "built_in"
  return <img className="slate-preview" src={slateApi.preview(room, version)} alt={t("preview")} />
}

function Upload({ room, slate, manages }: Props) {
  const { t } = useTranslation("slate")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRefusal()
  const input = useRef<HTMLInputElement>(null)
  const upload = useMutation({
    mutationFn: (file: File) => slateApi.upload(room, file),
    onSuccess: (fresh) => {
      queries.setQueryData(["slate", room], fresh)
      void message.success(t("uploaded"))
    },
    onError: (error) => void message.error(refusal(error)),
  })
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file) upload.mutate(file)
    if (input.current) input.current.value = ""
  }
  const about = slate.upload && `${slate.upload.media === "image" ? t("image") : t("video", { seconds: String(Math.round(slate.upload.duration_ms / 1000)) })} · ${slate.upload.width}×${slate.upload.height}`
  return (
    <div className="slate-upload">
      {about && <span className="num">{about}</span>}
      {manages && (
        <>
          <input ref={input} className="sr" type="file" accept={FILES} aria-label={t("upload")} tabIndex={-1} onChange={(event) => take(event.target.files)} />
          <Button loading={upload.isPending} onClick={() => input.current?.click()}>{upload.isPending ? t("uploading") : t("upload")}</Button>
        </>
      )}
      <p className="quiet">{t("upload_hint")}</p>
    </div>
  )
}

function useSave(room: string) {
  const { t } = useTranslation("slate")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRefusal()
  return useMutation({
    mutationFn: (change: { enabled: boolean; kind: SlateKind; after_ms: number }) => slateApi.change(room, change),
    onSuccess: (fresh) => {
      queries.setQueryData(["slate", room], fresh)
      void message.success(t("saved"))
    },
    onError: (error) => void message.error(refusal(error)),
  })
}

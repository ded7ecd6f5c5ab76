// In, out, a title, and the cut. It works while the show runs: the newest moments are one press away.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input } from "antd"
import { useImperativeHandle, useState, type Ref } from "react"
import { useTranslation } from "react-i18next"
import type { Broadcast } from "../../api/types"
import { clipsApi } from "./api"
import { precise } from "./precise"
import { trouble, type Range } from "./range"
import { useRefusal } from "./refusal"
import type { Command } from "./shortcuts"

export interface CutHandle {
  cut: () => void
}

interface Props {
  ref: Ref<CutHandle>
  show: Broadcast
  range: Range
  setRange: (range: Range) => void
  run: (command: Command) => void
  seek: (ms: number) => void
  edge_ms: number
  live: boolean
  /** Clips that are being cut or wait for it, of all shows. */
  cutting: number
}

const LATEST = [[30_000, "last_30"], [60_000, "last_60"], [180_000, "last_180"]] as const
// The newest moments are still being written.
const WRITING_MS = 2500

export function CutForm({ ref, show, range, setRange, run, seek, edge_ms, live, cutting }: Props) {
  const { t } = useTranslation("clips")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [title, setTitle] = useState("")
  const wrong = trouble(range)
  const usual = `${show.title} ${precise(range.in_ms)}`.trim()
  const cut = useMutation({
    mutationFn: (clip: { start_ms: number; end_ms: number; title: string }) => clipsApi.cut(show.id, clip),
    onSuccess: (clip) => {
      void message.success(t("cut_done", { title: clip.title }))
      setTitle("")
      setRange({ in_ms: null, out_ms: null })
      void queries.invalidateQueries({ queryKey: ["clips", show.id] })
    },
  })
  const start = () => {
    if (wrong !== null || cut.isPending || range.in_ms === null || range.out_ms === null) return
    cut.mutate({ start_ms: range.in_ms, end_ms: range.out_ms, title: (title.trim() || usual).slice(0, 100) })
  }
  useImperativeHandle(ref, () => ({ cut: start }))
  const latest = (ms: number) => {
    const out_ms = Math.max(0, Math.round(edge_ms - WRITING_MS))
    const in_ms = Math.max(0, out_ms - ms)
    setRange({ in_ms, out_ms })
    seek(in_ms)
  }
  const refusal = useRefusal()

  return (
    <section className="panel cut" aria-label={t("new_clip")} data-testid="cut-form">
      <div className="panel-head"><h2>{t("new_clip")}</h2></div>
      <div className="cut-body">
        {live && <div className="latest">{LATEST.map(([ms, name]) => <Button key={name} size="small" onClick={() => latest(ms)}>{t(name)}</Button>)}</div>}
        <div className="points">
          <Point label={t("in_point")} value={range.in_ms} none={t("not_set")} set={t("set_in")} hotkey="I" act={() => run({ do: "in" })} go={() => run({ do: "to_in" })} />
          <Point label={t("out_point")} value={range.out_ms} none={t("not_set")} set={t("set_out")} hotkey="O" act={() => run({ do: "out" })} go={() => run({ do: "to_out" })} />
        </div>
        <Input
          aria-label={t("title")} placeholder={range.in_ms === null ? t("title_hint") : usual} value={title} maxLength={100}
          onChange={(event) => setTitle(event.target.value)} onPressEnter={start}
        />
        <div className="cut-foot">
          <span className="num quiet" role="status">{wrong === null ? `${t("length")} ${precise((range.out_ms ?? 0) - (range.in_ms ?? 0))}` : t(wrong)}</span>
          <Button type="primary" disabled={wrong !== null} loading={cut.isPending} onClick={start}>{t(cut.isPending ? "cutting" : "cut")}</Button>
        </div>
        {cutting > 0 && !cut.isPending && <p className="quiet num" data-testid="cutting">{t("cutting_others", { n: String(cutting) })}</p>}
        {cut.error && <p className="bad" role="alert">{t("cut_failed", { why: refusal(cut.error) })}</p>}
      </div>
    </section>
  )
}

interface PointProps {
  label: string
  value: number | null
  none: string
  set: string
  hotkey: string
  act: () => void
  go: () => void
}

function Point({ label, value, none, set, hotkey, act, go }: PointProps) {
  return (
    <div className="point">
      <span className="quiet">{label}</span>
      {value === null ? <span className="quiet">{none}</span> : <button type="button" className="point-time num" onClick={go}>{precise(value)}</button>}
      <Button size="small" onClick={act}>{set} <kbd>{hotkey}</kbd></Button>
    </div>
  )
}

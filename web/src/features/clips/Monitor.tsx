// The picture and what moves it.
import { Button, Tooltip } from "antd"
import { useState, type RefObject } from "react"
import { useTranslation } from "react-i18next"
import { MutedIcon, PauseIcon, PlayIcon, SoundIcon, StepBackIcon, StepIcon } from "../../ui/icons"
import type { RecordedPlayer, RecordedState } from "../media/recorded"
import { precise } from "./precise"
import type { Command } from "./shortcuts"

/** Tries after which a playlist that does not open is said. */
const PATIENCE = 2

interface Props {
  video: RefObject<HTMLVideoElement | null>
  player: RecordedPlayer | null
  state: RecordedState
  at_ms: number | null
  live: boolean
  run: (command: Command) => void
  toEdge: () => void
}

export function Monitor({ video, player, state, at_ms, live, run, toEdge }: Props) {
  const { t } = useTranslation("clips")
  const [muted, setMuted] = useState(true)
  const moving = state.phase === "playing" || state.phase === "stalled"
  const opening = state.phase === "idle" || state.phase === "loading"
  // It goes on trying by itself; the first failure may be a hiccup.
  const failing = opening && state.failure !== null && state.rebuilds >= PATIENCE
  return (
    <section className="panel monitor" aria-label={t("picture")} data-testid="monitor" data-phase={state.phase}>
      <div className="monitor-picture">
        <video ref={video} muted playsInline aria-label={t("picture")} onVolumeChange={(event) => setMuted(event.currentTarget.muted)} onClick={() => run({ do: "toggle" })} />
        {state.unsupported !== null ? <p className="monitor-over" role="status"><b>{t("codec")}</b>{t("codec_hint")}</p>
          : failing ? <p className="monitor-over" role="alert" data-testid="monitor-failed"><b>{t("opening_failed")}</b>{t("opening_failed_hint")}<small className="mono">{state.failure}</small></p>
            : opening && <p className="monitor-over" role="status">{t("loading")}…</p>}
      </div>
      <div className="transport">
        <Transport label={t("back_1s")} act={() => run({ do: "skip", ms: -1000 })}>-1s</Transport>
        <Transport label={t("back_frame")} act={() => run({ do: "step", frames: -1 })}><StepBackIcon /></Transport>
        <Transport label={t(moving ? "pause" : "play")} act={() => run({ do: "toggle" })}>{moving ? <PauseIcon /> : <PlayIcon />}</Transport>
        <Transport label={t("next_frame")} act={() => run({ do: "step", frames: 1 })}><StepIcon /></Transport>
        <Transport label={t("next_1s")} act={() => run({ do: "skip", ms: 1000 })}>+1s</Transport>
        <output className="timecode num" aria-label={t("playhead")} data-testid="timecode">{precise(at_ms)}</output>
        <span className="spring" />
        {live && <Button size="small" onClick={toEdge}>{t("to_edge")}</Button>}
        <select className="rate num" aria-label={t("speed")} value={state.rate} onChange={(event) => player?.setRate(Number(event.target.value))}>
          {[0.25, 0.5, 1, 1.5, 2].map((rate) => <option key={rate} value={rate}>{rate}×</option>)}
        </select>
        <Transport label={t(muted ? "sound_on" : "sound_off")} act={() => { if (video.current) video.current.muted = !muted }}>{muted ? <MutedIcon /> : <SoundIcon />}</Transport>
      </div>
    </section>
  )
}

function Transport({ label, act, children }: { label: string; act: () => void; children: React.ReactNode }) {
  return <Tooltip title={label} mouseEnterDelay={0.6}><button type="button" className="transport-button num" aria-label={label} onClick={act}>{children}</button></Tooltip>
}

// The picture: video, flying danmaku, what is going on, and the controls.
import { useEffect, useRef, useState, useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import { DanmakuIcon, DanmakuOffIcon, FullIcon, MutedIcon, PauseIcon, PlayIcon, SoundIcon } from "../../../ui/icons"
import { clock } from "../../../ui/format"
import type { Rendition } from "../../media/state"
import { DanmakuLayer, type LayerSettings } from "./danmakuLayer"
import { SeekBar } from "./SeekBar"
import type { View, ViewerSession } from "./session"
import { loadSettings, saveSettings } from "./settings"
import { SettingsMenu } from "./SettingsMenu"
import { Notice, Veil } from "./Veil"

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2]

export function Stage({ session }: { session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  const stage = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const layerHost = useRef<HTMLDivElement>(null)
  const layer = useRef<DanmakuLayer | null>(null)
  const [settings, setSettings] = useState(loadSettings)
  const [muted, setMuted] = useState(false)
  const [portrait, setPortrait] = useState(false)
  const room = useSyncExternalStore(session.client.onState, () => session.client.state)
  const player = useSyncExternalStore(session.picture.on, () => session.picture.state)
  const view = useSyncExternalStore(session.view.on, () => session.view.state)

  useEffect(() => (video.current ? session.start(video.current) : undefined), [session])

  useEffect(() => {
    if (!layerHost.current) return
    const made = new DanmakuLayer(layerHost.current)
    layer.current = made
    const offs = [
      session.client.onFlight((flight) => { if (session.mode === "live") made.fly(flight) }),
      session.onTrackFlight(({ text, color, mode }) => made.fly({ pos: null, text, color, mode, own: false })),
      session.client.onRemoval((pos) => made.remove(pos)),
      session.onClear(() => made.clear()),
    ]
    return () => {
      for (const off of offs) off()
      made.destroy()
    }
  }, [session])

  useEffect(() => {
    layer.current?.set(settings)
    saveSettings(settings)
  }, [settings])

  const change = (part: Partial<LayerSettings>) => setSettings((now) => ({ ...now, ...part }))
  const playing = player.phase === "playing" || player.phase === "stalled" || player.phase === "loading"
  const idleControls = useIdle(stage, player.phase === "playing")
  const again = player.phase === "ended" && view.mode === "replay"

  return (
    <div
      ref={stage} className="stage" data-portrait={portrait || undefined} data-idle={idleControls || undefined} data-mode={view.mode}
      data-phase={player.phase} data-rebuilds={player.rebuilds} data-stalls={player.stalls} data-source={room.source ?? undefined} data-testid="stage"
    >
      <video
        ref={video} playsInline aria-label={t(view.mode === "replay" ? "video_replay" : "video")}
        onVolumeChange={(event) => setMuted(event.currentTarget.muted)}
        onResize={(event) => setPortrait(event.currentTarget.videoHeight > event.currentTarget.videoWidth)}
      />
      {player.audioOnly && <AudioStage title={view.replay !== null && view.replay !== "missing" ? view.replay.title : room.title} moving={player.phase === "playing"} />}
      <div ref={layerHost} className="layer" aria-hidden="true" data-testid="danmaku-layer" />
      <Veil room={room} player={player} view={view} />
      <div className="over">
        {player.silenced && (
          <button type="button" className="sound-hint" onClick={() => session.unsilence()}>
            <MutedIcon /> {t("tap_for_sound")}
          </button>
        )}
        {view.mode === "live" && <Notice room={room} showing={player.phase === "playing"} />}
      </div>
      {(player.phase === "paused" || again) && (
        <button type="button" className="big-play" aria-label={t(again ? "play_again" : "tap_to_play")} onClick={() => session.resume()}>
          <PlayIcon size={34} />
        </button>
      )}
      <div className="controls" role="group" aria-label={t("controls")}>
        <SeekBar session={session} view={view} />
        <div className="control-row">
          <button
            type="button" aria-label={playing ? t("pause") : t("play")} disabled={player.phase === "idle" || (player.phase === "ended" && !again)}
            onClick={() => (playing ? session.pause() : session.resume())}
          >
            {playing ? <PauseIcon size={20} /> : <PlayIcon size={20} />}
          </button>
          <button
            type="button" aria-label={muted ? t("unmute") : t("mute")}
            onClick={() => {
              if (muted) session.unsilence()
              else if (video.current) video.current.muted = true
            }}
          >
            {muted ? <MutedIcon size={20} /> : <SoundIcon size={20} />}
          </button>
          {view.mode !== "live" && <Elapsed view={view} />}
          <span className="spring" />
          {view.mode === "rewind" && room.live && <button type="button" className="to-live" onClick={() => session.backToLive()}>{t("back_to_live")}</button>}
          {view.mode !== "live" && (
            <select className="pick num" aria-label={t("speed")} value={view.rate} onChange={(event) => session.setRate(Number(event.target.value))}>
              {RATES.map((rate) => <option key={rate} value={rate}>{rate}×</option>)}
            </select>
          )}
          {player.renditions.length > 1 && (
            <select className="pick num" aria-label={t("quality")} value={player.chosen} onChange={(event) => session.choose(Number(event.target.value))}>
              <option value={-1}>{t("quality_auto")}</option>
              {player.renditions.map((one) => <option key={one.index} value={one.index}>{nameOf(one, t("quality_source"))}</option>)}
            </select>
          )}
          <button type="button" aria-label={settings.on ? t("danmaku_off") : t("danmaku_on")} aria-pressed={settings.on} onClick={() => change({ on: !settings.on })}>
            {settings.on ? <DanmakuIcon size={20} /> : <DanmakuOffIcon size={20} />}
          </button>
          <SettingsMenu settings={settings} change={change} />
          <button type="button" aria-label={t("fullscreen")} onClick={() => void toggleFullscreen(stage.current, video.current)}>
            <FullIcon size={20} />
          </button>
        </div>
      </div>
    </div>
  )
}

function nameOf(rendition: Rendition, source: string): string {
  if (rendition.source) return source
  return rendition.height === null ? `${rendition.kbps}k` : `${rendition.height}p`
}

function Elapsed({ view }: { view: View }) {
  const { at, first, last, started_at } = view
  const from = started_at ?? first
  if (at === null || from === null || last === null) return null
  return <span className="elapsed num">{clock(Math.max(0, at - from))}<span className="elapsed-of"> / {clock(Math.max(0, last - from))}</span></span>
}

// A show without a picture still has a stage: who is heard, and that something is.
function AudioStage({ title, moving }: { title: string; moving: boolean }) {
  const { t } = useTranslation("viewer")
  return (
    <div className="audio-stage" data-testid="audio-stage" data-moving={moving || undefined}>
      <span className="bars" aria-hidden="true"><i /><i /><i /><i /><i /></span>
      <strong>{title}</strong>
      <p>{t("audio_only")}</p>
    </div>
  )
}

// Controls fade while the picture plays and nobody touches it.
function useIdle(stage: React.RefObject<HTMLDivElement | null>, playing: boolean): boolean {
  const [idle, setIdle] = useState(false)
  useEffect(() => {
    const element = stage.current
    if (!element) return
    let timer: ReturnType<typeof setTimeout>
    const touch = () => {
      setIdle(false)
      clearTimeout(timer)
      timer = setTimeout(() => setIdle(!element.contains(document.activeElement) || document.activeElement?.matches(":focus-visible") !== true), 3000)
    }
    touch()
    for (const name of ["pointermove", "pointerdown", "focusin"]) element.addEventListener(name, touch)
    return () => {
      clearTimeout(timer)
      for (const name of ["pointermove", "pointerdown", "focusin"]) element.removeEventListener(name, touch)
    }
  }, [stage, playing])
  return idle && playing
}

async function toggleFullscreen(stage: HTMLElement | null, video: HTMLVideoElement | null): Promise<void> {
  if (document.fullscreenElement) {
    await document.exitFullscreen()
    return
  }
  // iPhones know only the video's own full screen, without the danmaku.
  const phone: (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null = video
  if (stage && document.fullscreenEnabled) await stage.requestFullscreen()
  else phone?.webkitEnterFullscreen?.()
}

// The picture: video, flying danmaku, what is going on, and the controls.
import { useEffect, useRef, useState, useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import {
  DanmakuIcon, DanmakuOffIcon, FullIcon, GearIcon, MutedIcon, PauseIcon, PlayIcon, SoundIcon,
} from "../../../ui/icons"
import type { PlayerState } from "../../media/player"
import type { RoomState } from "../socket/client"
import { DanmakuLayer, type LayerSettings } from "./danmakuLayer"
import type { ViewerSession } from "./session"
import { loadSettings, saveSettings } from "./settings"

const AREAS = [[0.25, "area_25"], [0.5, "area_50"], [0.75, "area_75"], [1, "area_100"]] as const

const IDLE: PlayerState = { phase: "idle", silenced: false, rebuilds: 0, stalls: 0, failure: null }

export function Stage({ session }: { session: ViewerSession }) {
  const { t } = useTranslation("viewer")
  const stage = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const layerHost = useRef<HTMLDivElement>(null)
  const layer = useRef<DanmakuLayer | null>(null)
  const [player, setPlayer] = useState<PlayerState>(IDLE)
  const [settings, setSettings] = useState(loadSettings)
  const [muted, setMuted] = useState(false)
  const [portrait, setPortrait] = useState(false)
  const room = useSyncExternalStore(session.client.onState, () => session.client.state)

  useEffect(() => {
    const element = video.current
    if (!element) return
    const stop = session.start(element)
    const off = session.player?.onState(() => setPlayer(session.player?.state ?? IDLE))
    return () => {
      off?.()
      stop()
    }
  }, [session])

  useEffect(() => {
    if (!layerHost.current) return
    const made = new DanmakuLayer(layerHost.current)
    layer.current = made
    const off = session.client.onFlight((flight) => made.fly(flight))
    return () => {
      off()
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

  return (
    <div
      ref={stage} className="stage" data-portrait={portrait || undefined} data-idle={idleControls || undefined}
      data-phase={player.phase} data-rebuilds={player.rebuilds} data-stalls={player.stalls} data-testid="stage"
    >
      <video
        ref={video} playsInline aria-label={t("video")}
        onVolumeChange={(event) => setMuted(event.currentTarget.muted)}
        onResize={(event) => setPortrait(event.currentTarget.videoHeight > event.currentTarget.videoWidth)}
      />
      <div ref={layerHost} className="layer" aria-hidden="true" data-testid="danmaku-layer" />
      <Veil room={room} player={player} />
      {player.silenced && (
        <button type="button" className="sound-hint" onClick={() => session.player?.unsilence()}>
          <MutedIcon /> {t("tap_for_sound")}
        </button>
      )}
      {player.phase === "paused" && (
        <button type="button" className="big-play" aria-label={t("tap_to_play")} onClick={() => void session.player?.resume()}>
          <PlayIcon size={34} />
        </button>
      )}
      <div className="controls" role="group" aria-label={t("video")}>
        <button
          type="button" aria-label={playing ? t("pause") : t("play")} disabled={player.phase === "idle" || player.phase === "ended"}
          onClick={() => (playing ? video.current?.pause() : void session.player?.resume())}
        >
          {playing ? <PauseIcon size={20} /> : <PlayIcon size={20} />}
        </button>
        <button
          type="button" aria-label={muted ? t("unmute") : t("mute")}
          onClick={() => {
            if (muted) session.player?.unsilence()
            else if (video.current) video.current.muted = true
          }}
        >
          {muted ? <MutedIcon size={20} /> : <SoundIcon size={20} />}
        </button>
        <span className="spring" />
        <button type="button" aria-label={settings.on ? t("danmaku_off") : t("danmaku_on")} aria-pressed={settings.on} onClick={() => change({ on: !settings.on })}>
          {settings.on ? <DanmakuIcon size={20} /> : <DanmakuOffIcon size={20} />}
        </button>
        <Settings settings={settings} change={change} />
        <button type="button" aria-label={t("fullscreen")} onClick={() => void toggleFullscreen(stage.current, video.current)}>
          <FullIcon size={20} />
        </button>
      </div>
    </div>
  )
}

// What covers the picture when there is none to show. Short stalls show only a spinner.
function Veil({ room, player }: { room: RoomState; player: PlayerState }) {
  const { t } = useTranslation("viewer")
  const picture = player.phase === "playing" || player.phase === "paused"
  if (picture && room.live) return null
  if (room.phase === "connecting" && player.phase === "idle") return <div className="veil"><Spinner /><p>{t("loading")}</p></div>
  if (!room.live) {
    if (player.phase === "playing" || player.phase === "stalled") return null
    const ended = player.phase === "ended" || room.broadcast !== null
    return (
      <div className="veil" role="status" data-veil={ended ? "ended" : "not_started"}>
        <strong>{t(ended ? "ended" : "not_started")}</strong>
        <p>{t(ended ? "ended_hint" : "not_started_hint")}</p>
      </div>
    )
  }
  if (room.interrupted || player.phase === "ended") {
    return (
      <div className="veil" role="status" data-veil="away">
        <strong>{t("away")}</strong>
        <p>{t("away_hint")}</p>
      </div>
    )
  }
  if (player.failure === "this browser cannot play the stream") return <div className="veil"><strong>{t("unsupported")}</strong></div>
  // On air, but the first picture is still on its way: nothing is wrong.
  if (player.phase === "idle" || player.phase === "loading") {
    const lost = room.phase === "reconnecting"
    return (
      <div className="veil" role="status" data-veil={lost ? "reconnecting" : "starting"}>
        <Spinner />
        <p>{t(lost ? "reconnecting" : "starting")}</p>
      </div>
    )
  }
  return (
    <div className={player.failure === null ? "veil thin" : "veil"} role="status" data-veil="reconnecting">
      <Spinner />
      {player.failure !== null && <p>{t("reconnecting")}</p>}
    </div>
  )
}

function Spinner() {
  return <span className="spinner" aria-hidden="true" />
}

function Settings({ settings, change }: { settings: LayerSettings; change: (part: Partial<LayerSettings>) => void }) {
  const { t } = useTranslation("viewer")
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener("pointerdown", close)
    document.addEventListener("keydown", close)
    return () => {
      document.removeEventListener("pointerdown", close)
      document.removeEventListener("keydown", close)
    }
  }, [open])
  return (
    <div className="settings" ref={box}>
      <button type="button" aria-label={t("danmaku_settings")} aria-expanded={open} onClick={() => setOpen(!open)}><GearIcon size={20} /></button>
      {open && (
        <div className="settings-box" role="dialog" aria-label={t("danmaku_settings")}>
          <label>
            {t("opacity")} <output className="num">{Math.round(settings.opacity * 100)}%</output>
            <input type="range" min={20} max={100} step={10} value={settings.opacity * 100} onChange={(event) => change({ opacity: Number(event.target.value) / 100 })} />
          </label>
          <fieldset>
            <legend>{t("area")}</legend>
            {AREAS.map(([area, name]) => (
              <label key={area} className="choice">
                <input type="radio" name="area" checked={settings.area === area} onChange={() => change({ area })} />
                <span>{t(name)}</span>
              </label>
            ))}
          </fieldset>
        </div>
      )}
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

// A small picture of the show. Opened by hand: its player is a viewer like any other and counts as one view.
import { Button } from "antd"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, ViewerToken } from "../../api/types"
import { MutedIcon, PlayIcon, SoundIcon, StopIcon } from "../../ui/icons"
import { LivePlayer } from "../media/player"
import type { PlayerState } from "../media/state"

export function Preview({ room, show }: { room: string; show: Broadcast }) {
  const { t } = useTranslation("analytics")
  const [open, setOpen] = useState(false)
  if (show.state === "ended" || show.source === "import") return null
  return (
    <section className="panel preview" aria-label={t("preview")}>
      {open ? <Picture room={room} away={show.state !== "live"} close={() => setOpen(false)} />
        : (
          <div className="preview-note">
            <Button icon={<PlayIcon />} onClick={() => setOpen(true)}>{t("preview_open")}</Button>
            <small>{t("preview_hint")}</small>
          </div>
        )}
    </section>
  )
}

function Picture({ room, away, close }: { room: string; away: boolean; close: () => void }) {
  const { t } = useTranslation("analytics")
  const video = useRef<HTMLVideoElement>(null)
  const player = useRef<LivePlayer | null>(null)
  const [state, setState] = useState<PlayerState | null>(null)
  const [latency_s, setLatency] = useState<number | null>(null)
  const [muted, setMuted] = useState(true)
  useEffect(() => {
    const element = video.current
    if (!element) return
    let token: ViewerToken | null = null
    const made = new LivePlayer(element, {
      playlist: async (fresh) => {
        if (!token || fresh) token = await api.viewerToken(room, token?.token)
        return token.playlist
      },
    })
    player.current = made
    const off = made.onState(() => setState(made.state))
    const timer = setInterval(() => setLatency(made.latency()), 1000)
    element.muted = true
    made.play()
    return () => {
      off()
      clearInterval(timer)
      made.destroy()
      player.current = null
    }
  }, [room])
  useEffect(() => {
    player.current?.hold(away)
    if (!away) player.current?.refresh()
  }, [away])
  const moving = state?.phase === "playing"
  return (
    <>
      <video ref={video} muted playsInline aria-label={t("preview")} onVolumeChange={(event) => setMuted(event.currentTarget.muted)} />
      {!moving && <p className="preview-over" role="status">{away ? t("preview_away") : state?.failure ? t("preview_failed") : t("preview_loading")}</p>}
      <div className="preview-bar">
        {moving && latency_s !== null && <span className="num">{t("latency", { s: latency_s.toFixed(1) })}</span>}
        <span className="spring" />
        <button type="button" aria-label={t(muted ? "sound_on" : "sound_off")} onClick={() => { if (video.current) video.current.muted = !muted }}>
          {muted ? <MutedIcon /> : <SoundIcon />}
        </button>
        <button type="button" aria-label={t("preview_close")} onClick={close}><StopIcon size={14} /></button>
      </div>
    </>
  )
}

// The stretch of a show around a danmaku: half a minute before it and half a minute behind, silent until somebody listens.
import { Button } from "antd"
import { useEffect, useEffectEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import { clock } from "../../ui/format"
import { useRecorded } from "../media/useRecorded"

const AROUND_MS = 30_000

export function Moment({ room, broadcast, live, at_ms }: { room: string; broadcast: string; live: boolean; at_ms: number }) {
  const { t } = useTranslation("moderation")
  const { video, player, state } = useRecorded({ room, broadcast, live }, true, at_ms - AROUND_MS)
  const [muted, setMuted] = useState(true)
  const over = state.at !== null && state.at >= at_ms + AROUND_MS
  const end = useEffectEvent(() => { if (state.phase === "playing") player?.pause() })
  useEffect(() => { if (over) end() }, [over])
  const offset = state.at === null ? null : state.at - at_ms
  // Most often there is no recording: then it is said soon, and looked for all the same.
  const missing = state.unsupported !== null || (state.failure !== null && state.rebuilds > 0 && state.first === null)
  const outside = state.first !== null && state.last !== null && (at_ms < state.first - AROUND_MS || at_ms > state.last + AROUND_MS)
  return (
    <section className="moment" aria-label={t("moment")} data-testid="moment">
      <video ref={video} playsInline muted={muted} aria-label={t("moment")} />
      {(missing || outside) && <p className="quiet" role="status">{t("moment_none")}</p>}
      <div className="moment-bar">
        <Button size="small" disabled={!player} onClick={() => state.phase === "playing" ? player?.pause() : over ? player?.open(at_ms - AROUND_MS) : player?.play()}>
          {state.phase === "playing" ? t("pause") : over ? t("play_again") : t("play")}
        </Button>
        <input type="range" min={-AROUND_MS} max={AROUND_MS} step={500} value={Math.max(-AROUND_MS, Math.min(AROUND_MS, offset ?? -AROUND_MS))} aria-label={t("moment_seek")}
          onChange={(event) => player?.seek(at_ms + Number(event.target.value))} />
        <span className="num" data-testid="moment-at">{offset === null ? "–" : offset < 0 ? t("moment_before", { time: clock(-offset) }) : t("moment_behind", { time: clock(offset) })}</span>
        <Button size="small" onClick={() => setMuted(!muted)} aria-pressed={!muted}>{muted ? t("sound_on") : t("sound_off")}</Button>
      </div>
    </section>
  )
}

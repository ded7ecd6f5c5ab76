// A show's danmaku once more along its time 弹幕回放, at any speed: with the picture where it was recorded, else alone.
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import { api, ask } from "../../api/client"
import type { Broadcast } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { clock, dateTime } from "../../ui/format"
import { MutedIcon, PauseIcon, PlayIcon, SoundIcon } from "../../ui/icons"
import { Failed, Loading } from "../../ui/States"
import { clipsApi } from "../clips/api"
import { Density } from "../clips/Density"
import type { Recording } from "../clips/types"
import { useRecorded } from "../media/useRecorded"
import { DanmakuLayer } from "../room/viewer/danmakuLayer"
import { useFollowing } from "../room/viewer/following"
import { DanmakuTrack, NO_TRACK } from "../room/viewer/track"
import { ReplayClock } from "./clock"
import { danmaku } from "./danmaku"

const RATES = [0.5, 1, 1.5, 2, 4, 8, 16]
const LOOK_MS = 200
const SKIP_MS = 5000

export default function Replay({ broadcast, at_ms }: { broadcast: string; at_ms: number }) {
  const { t } = useTranslation("danmaku")
  const me = useMe()
  const show = useQuery({ queryKey: ["broadcast", broadcast], queryFn: () => ask<Broadcast>("GET", `/api/broadcasts/${encodeURIComponent(broadcast)}`), staleTime: 60_000 })
  const films = me.data !== undefined && may(me.data, "stream.read")
  const recording = useQuery({
    queryKey: ["recording", broadcast], queryFn: () => clipsApi.recording(broadcast), retry: false, staleTime: 60_000,
    enabled: films && show.data !== undefined && show.data.source === "stream",
  })
  if (show.isPending || me.isPending || recording.isLoading) return <Loading rows={10} />
  if (!show.data) return <Failed error={show.error} retry={() => void show.refetch()} />
  return (
    <>
      <div className="page-head">
        <h1>{t("replay_title")}</h1>
        <span>{show.data.title}</span>
        <span className="quiet num">{dateTime(show.data.started_at)}</span>
        <span className="spring" />
        <Link to="/live" search={{ room: show.data.room_id, broadcast }} className="head-link">{t("open_show")}</Link>
      </div>
      <Player key={`${broadcast}|${at_ms}`} show={show.data} recording={recording.data ?? null} begin_ms={at_ms} />
    </>
  )
}

interface PlayerProps {
  show: Broadcast
  recording: Recording | null
  begin_ms: number
}

function Player({ show, recording, begin_ms }: PlayerProps) {
  const { t } = useTranslation("danmaku")
  const me = useMe()
  const filmed = recording !== null && recording.pieces.length > 0 && recording.state !== "removed"
  const last = filmed ? (recording.pieces.at(-1)?.end_ms ?? 0) : 0
  // A show on air is replayed up to where it is now.
  const [end_ms] = useState(() => Math.max(1000, last, (show.ended_at ?? Date.now()) - show.started_at))
  const { video, player, state } = useRecorded({ room: show.room_id, broadcast: show.id, live: show.state !== "ended" }, filmed)
  const [alone] = useState(() => new ReplayClock(end_ms, begin_ms))
  const [rate, setRate] = useState(1)
  const [muted, setMuted] = useState(true)
  const [now, setNow] = useState({ at_ms: begin_ms, moves: false })
  const stage = useRef<HTMLDivElement>(null)
  const [layer, setLayer] = useState<DanmakuLayer | null>(null)
  const reads = me.data !== undefined && may(me.data, "metrics.read")
  const density = useQuery({ queryKey: ["density", show.id], queryFn: () => api.series(["danmaku_per_min", "gift_count"], show.id), enabled: reads, retry: false, staleTime: 60_000 })

  useEffect(() => {
    if (!stage.current) return
    const made = new DanmakuLayer(stage.current)
    made.set({ on: true, opacity: 1, area: 0.85 })
    setLayer(made)
    return () => {
      made.destroy()
      setLayer(null)
    }
  }, [])

  const track = useMemo(() => layer && new DanmakuTrack({
    read: (from_ms, to_ms) => danmaku.part(show.id, from_ms, to_ms),
    fly: (item) => layer.fly({ pos: null, text: item.text, color: item.color, mode: item.mode, own: false }),
    clear: () => layer.clear(),
    end_ms: () => end_ms,
    rate: () => alone.rate,
  }), [layer, show.id, end_ms, alone])
  useEffect(() => () => track?.stop(), [track])

  const look = useEffectEvent(() => {
    const clock_ms = performance.now()
    const at_ms = player ? (state.at === null ? begin_ms : state.at - show.started_at) : alone.at(clock_ms)
    const moves = player ? state.phase === "playing" : alone.moves(clock_ms)
    track?.look(at_ms, clock_ms)
    if (moves !== now.moves) layer?.hold(!moves && at_ms < end_ms)
    if (at_ms !== now.at_ms || moves !== now.moves) setNow({ at_ms, moves })
  })
  useEffect(() => {
    const timer = setInterval(() => look(), LOOK_MS)
    return () => clearInterval(timer)
  }, [])

  const seek = (at_ms: number) => {
    const to = Math.min(end_ms, Math.max(0, at_ms))
    if (player) player.seek(show.started_at + to)
    else alone.seek(to, performance.now())
    setNow((now) => ({ ...now, at_ms: to }))
  }
  const toggle = () => {
    if (player && now.moves) player.pause()
    else if (player) player.play()
    else if (now.moves) alone.pause(performance.now())
    else alone.play(performance.now())
  }
  const choose = (next: number) => {
    player?.setRate(next)
    alone.setRate(next, performance.now())
    setRate(next)
  }
  useEffect(() => { if (begin_ms > 0) player?.seek(show.started_at + begin_ms) }, [player, begin_ms, show.started_at])
  const press = useEffectEvent((event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("input, select, button, a, [contenteditable], .ant-select")) return
    const act = { " ": toggle, ArrowLeft: () => seek(now.at_ms - SKIP_MS), ArrowRight: () => seek(now.at_ms + SKIP_MS) }[event.key]
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    act()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event)
    document.addEventListener("keydown", listen)
    return () => document.removeEventListener("keydown", listen)
  }, [])

  const shown = Math.min(end_ms, Math.max(0, now.at_ms))
  return (
    <div className="replay">
      <section className="panel" aria-label={t("replay_title")} data-testid="replay" data-moves={now.moves}>
        <div className="replay-stage">
          {filmed && <video ref={video} muted playsInline aria-label={t("picture")} onVolumeChange={(event) => setMuted(event.currentTarget.muted)} onClick={toggle} />}
          <div ref={stage} className="replay-layer" aria-hidden="true" />
          {!filmed && <p className="replay-note">{t("no_picture")}</p>}
          {filmed && state.failure !== null && state.phase === "loading" && <p className="replay-note" role="alert">{t("picture_failed")}</p>}
        </div>
        <div className="replay-line">
          <Density series={density.data ?? null} started_at={show.started_at} scale={{ from: 0, to: end_ms }} />
          <input
            type="range" min={0} max={end_ms} step={1000} value={shown} aria-label={t("place")} aria-valuetext={`${clock(shown)} / ${clock(end_ms)}`}
            style={{ "--done": `${(shown / end_ms) * 100}%` } as React.CSSProperties} onChange={(event) => seek(Number(event.target.value))}
          />
        </div>
        <div className="transport">
          <button type="button" className="transport-button" aria-label={t(now.moves ? "pause" : "play")} onClick={toggle}>{now.moves ? <PauseIcon /> : <PlayIcon />}</button>
          <output className="timecode num" aria-label={t("place")} data-testid="replay-at">{clock(shown)}</output>
          <span className="quiet num">{clock(end_ms)}</span>
          <span className="spring" />
          <select className="rate num" aria-label={t("speed")} value={rate} onChange={(event) => choose(Number(event.target.value))}>
            {RATES.map((one) => <option key={one} value={one}>{one}×</option>)}
          </select>
          {filmed && (
            <button type="button" className="transport-button" aria-label={t(muted ? "sound_on" : "sound_off")} onClick={() => { if (video.current) video.current.muted = !muted }}>
              {muted ? <MutedIcon /> : <SoundIcon />}
            </button>
          )}
        </div>
        <p className="replay-keys quiet">{t("replay_keys")}</p>
      </section>
      <Said track={track} seek={seek} />
    </div>
  )
}

function Said({ track, seek }: { track: DanmakuTrack | null; seek: (at_ms: number) => void }) {
  const { t } = useTranslation("danmaku")
  const from = track ?? NO_TRACK
  const lines = useSyncExternalStore(from.onLines, () => from.lines)
  const { list, onScroll } = useFollowing(lines)
  return (
    <section className="panel replay-said" aria-label={t("said")}>
      <div className="panel-head"><h2>{t("said")}</h2></div>
      <ol ref={list} tabIndex={0} aria-label={t("said")} data-testid="said" onScroll={onScroll}>
        {lines.length === 0 && <li className="quiet">{t("said_none")}</li>}
        {lines.map((line) => (
          <li key={line.key}>
            <button type="button" className="num" aria-label={`${t("go_to")} ${clock(line.offset_ms)}`} onClick={() => seek(line.offset_ms)}>{clock(line.offset_ms)}</button>
            <span>{line.nick != null && <b>{line.nick}</b>}{line.text}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

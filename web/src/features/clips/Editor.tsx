// One show under the knife: picture, timeline, in and out, and what was cut.
import { useQuery } from "@tanstack/react-query"
import { useCallback, useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"
import type { Broadcast } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Failed, Loading, Message } from "../../ui/States"
import type { RecordedState } from "../media/recorded"
import { useRecorded } from "../media/useRecorded"
import { clipsApi } from "./api"
import { ClipList } from "./ClipList"
import { CutForm, type CutHandle } from "./CutForm"
import { Monitor } from "./Monitor"
import { setIn, setOut, type Range } from "./range"
import { RecordingPanel } from "./RecordingPanel"
import { RuleButton } from "./RuleForm"
import { commandOf, faster, type Command } from "./shortcuts"
import { Suggestions } from "./Suggestions"
import { Timeline, type TimelineHandle } from "./Timeline"
import type { Highlight, Recording } from "./types"

// Nobody knows the frame rate before the pictures do; a step this short never skips a frame up to 30 a second.
const FRAME_S = 1 / 30

export function Editor({ room, show }: { room: string; show: Broadcast }) {
  const { t } = useTranslation("clips")
  const live = show.state !== "ended"
  const recording = useQuery({ queryKey: ["recording", show.id], queryFn: () => clipsApi.recording(show.id), refetchInterval: live ? 5000 : 30_000 })
  if (recording.isPending) return <Loading rows={10} />
  if (!recording.data) {
    const absent = recording.error instanceof Problem && recording.error.status === 404
    return <div className="panel">{absent ? <Message title={t("not_recorded")} hint={t("not_recorded_hint")} /> : <Failed error={recording.error} retry={() => void recording.refetch()} />}</div>
  }
  return <Desk room={room} show={show} recording={recording.data} />
}

function Desk({ room, show, recording }: { room: string; show: Broadcast; recording: Recording }) {
  const { t } = useTranslation("clips")
  const me = useMe()
  const cuts = me.data !== undefined && may(me.data, "clip.write")
  const manages = me.data !== undefined && may(me.data, "stream.manage")
  const live = show.state !== "ended"
  const usable = recording.pieces.length > 0 && recording.state !== "removed" && recording.state !== "none"
  const { video, player, state } = useRecorded({ room, broadcast: show.id, live }, usable)
  const [range, setRange] = useState<Range>({ in_ms: null, out_ms: null })
  const form = useRef<CutHandle>(null)
  const timeline = useRef<TimelineHandle>(null)
  const highlights = useQuery({ queryKey: ["highlights", show.id], queryFn: () => clipsApi.highlights(show.id), enabled: usable, refetchInterval: live ? 10_000 : false, retry: 1 })
  const whole = wholeOf(recording, state, show.started_at)
  const at_ms = state.at === null ? null : state.at - show.started_at

  const { started_at } = show
  const seek = useCallback((ms: number) => player?.seek(started_at + ms), [player, started_at])
  const run = useCallback((command: Command) => {
    if (!player) return
    const now = player
    const here = now.state.at === null ? null : Math.round(now.state.at - started_at)
    const moving = now.state.phase === "playing" || now.state.phase === "stalled"
    switch (command.do) {
      case "in": if (here !== null) setRange((range) => setIn(range, here)); break
      case "out": if (here !== null) setRange((range) => setOut(range, here)); break
      case "to_in": setRange((range) => { if (range.in_ms !== null) seek(range.in_ms); return range }); break
      case "to_out": setRange((range) => { if (range.out_ms !== null) seek(range.out_ms); return range }); break
      case "toggle": if (moving) now.pause(); else now.play(); break
      case "pause": now.setRate(1); now.pause(); break
      case "faster": if (moving) now.setRate(faster(now.state.rate)); else now.play(); break
      case "step": now.pause(); now.step(command.frames * FRAME_S); break
      case "skip": now.step(command.ms / 1000); break
      case "cut": form.current?.cut(); break
      case "zoom_in": timeline.current?.zoom(0.5); break
      case "zoom_out": timeline.current?.zoom(2); break
    }
  }, [player, seek, started_at])
  useKeys(run, usable)

  const choose = (highlight: Highlight) => {
    setRange({ in_ms: highlight.start_ms, out_ms: highlight.end_ms })
    seek(highlight.start_ms)
  }

  return (
    <div className="desk">
      <div className="desk-left">
        {usable ? (
          <>
            <Monitor video={video} player={player} state={state} at_ms={at_ms} live={live} run={run} toEdge={() => seek(whole.to - 2000)} />
            <Timeline
              ref={timeline} show={show} recording={recording} whole={whole} at_ms={at_ms} range={range} highlights={highlights.data ?? []}
              seek={seek} setRange={setRange} choose={choose}
            />
            <p className="keys quiet">{t("keys")}</p>
          </>
        ) : (
          <div className="panel">
            {recording.state === "removed" ? <Message title={t("removed")} hint={t("removed_hint")} />
              : <Message title={t(recording.state === "off" ? "state_off" : "not_recorded")} hint={t("not_recorded_hint")} action={manages && <RuleButton room={room} primary />} />}
          </div>
        )}
      </div>
      <div className="desk-right">
        {usable && (cuts ? <CutForm ref={form} show={show} range={range} setRange={setRange} run={run} edge_ms={whole.to} live={live} seek={seek} cutting={recording.cutting} /> : <p className="panel note quiet">{t("may_not_cut")}</p>)}
        <ClipList show={show} cuts={cuts} />
        {usable && <Suggestions highlights={highlights.data} error={highlights.error} retry={() => void highlights.refetch()} choose={choose} />}
        <RecordingPanel room={room} broadcast={show.id} recording={recording} live={live} manages={manages} />
      </div>
    </div>
  )
}

function wholeOf(recording: Recording, state: RecordedState, started_at: number): { from: number; to: number } {
  const from = recording.pieces[0]?.start_ms ?? 0
  const told = recording.pieces.at(-1)?.end_ms ?? from + 1000
  // The playlist is newer than the last answer while the show runs.
  const to = state.last === null ? told : Math.max(told, state.last - started_at)
  return { from: Math.min(0, from), to: Math.max(to, from + 1000) }
}

// Keys belong to the desk unless somebody writes, or a control has its own use for them.
function useKeys(run: (command: Command) => void, on: boolean): void {
  useEffect(() => {
    if (!on) return
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (target.closest("input, textarea, select, [contenteditable], .ant-select, [role=dialog], [role=slider]")) return
      const command = commandOf({ key: event.key, shift: event.shiftKey, other: event.ctrlKey || event.altKey || event.metaKey })
      if (!command || ((event.key === " " || event.key === "Enter") && target.closest("button, a"))) return
      event.preventDefault()
      run(command)
    }
    document.addEventListener("keydown", press)
    return () => document.removeEventListener("keydown", press)
  }, [run, on])
}

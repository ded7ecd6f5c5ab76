// The show from its beginning to its end, or to now: where the picture is, and where it may go.
import { useEffect, useRef, useState, type PointerEvent } from "react"
import { useTranslation } from "react-i18next"
import { clock } from "../../../ui/format"
import type { View, ViewerSession } from "./session"

// So close to the live edge nobody meant to rewind.
const LIVE_MS = 8000
const SHORTEST_MS = 15_000

export function SeekBar({ session, view }: { session: ViewerSession; view: View }) {
  const { t } = useTranslation("viewer")
  const bar = useRef<HTMLInputElement>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  const [hover, setHover] = useState<{ at: number; share: number } | null>(null)
  const { first, last, mode } = view
  const usable = first !== null && last !== null && (mode !== "live" || (view.rewindable && last - first > SHORTEST_MS))
  const commit = useRef<(at: number) => void>(() => undefined)

  useEffect(() => {
    commit.current = (at) => {
      setDragged(null)
      const nearLive = mode !== "replay" && last !== null && last - at < LIVE_MS
      if (nearLive && session.client.state.live) session.backToLive()
      else session.seek(at)
    }
  }, [session, mode, last])

  // React's onChange is every move; `change` comes when the viewer lets go, or with each key.
  useEffect(() => {
    const element = bar.current
    if (!element) return
    const done = () => commit.current(Number(element.value))
    element.addEventListener("change", done)
    return () => element.removeEventListener("change", done)
  }, [usable])

  if (!usable) return null
  const from = view.started_at ?? first
  const shown = Math.min(Math.max(dragged ?? view.at ?? last, first), last)
  const point = (event: PointerEvent<HTMLInputElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    setHover({ at: first + share * (last - first), share })
  }
  return (
    <div className="seek" data-testid="seek">
      {hover !== null && <output className="seek-time num" style={{ left: `${hover.share * 100}%` }} aria-hidden="true">{clock(hover.at - from)}</output>}
      <input
        ref={bar} type="range" min={first} max={last} step={1000} value={shown} aria-label={t("seek")}
        aria-valuetext={`${clock(shown - from)} / ${clock(last - from)}`}
        style={{ "--done": `${((shown - first) / Math.max(1, last - first)) * 100}%` } as React.CSSProperties}
        onChange={(event) => setDragged(Number(event.target.value))} onPointerMove={point} onPointerLeave={() => setHover(null)}
        onKeyDown={(event) => {
          const step = event.key === "ArrowLeft" ? -10_000 : event.key === "ArrowRight" ? 10_000 : 0
          if (step === 0) return
          event.preventDefault()
          commit.current(Math.min(last, Math.max(first, shown + step)))
        }}
      />
    </div>
  )
}

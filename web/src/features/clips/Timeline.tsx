// The show laid out: pictures, how loud the audience was, suggestions, in and out. Dragging it moves the picture.
import { useQuery } from "@tanstack/react-query"
import { useCallback, useEffect, useImperativeHandle, useRef, useState, type PointerEvent, type Ref, type RefObject } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast } from "../../api/types"
import { clock } from "../../ui/format"
import { clipsApi } from "./api"
import { Density } from "./Density"
import { precise } from "./precise"
import { setIn, setOut, type Range } from "./range"
import { atShare, follow, share, ticks, within, zoom, type Scale } from "./scale"
import type { Highlight, Recording, Thumbnail } from "./types"

const IDS = ["danmaku_per_min", "gift_count"]
const THUMBNAIL_PX = 104
const STEP_MS = 1000

interface Props {
  ref: Ref<TimelineHandle>
  show: Broadcast
  recording: Recording
  whole: Scale
  at_ms: number | null
  range: Range
  highlights: readonly Highlight[]
  seek: (ms: number) => void
  setRange: (range: Range | ((range: Range) => Range)) => void
  choose: (highlight: Highlight) => void
}

/** The keys zoom, too. */
export interface TimelineHandle {
  zoom: (factor: number) => void
}

export function Timeline({ ref, show, recording, whole, at_ms, range, highlights, seek, setRange, choose }: Props) {
  const { t } = useTranslation("clips")
  const live = show.state !== "ended"
  const track = useRef<HTMLDivElement>(null)
  const width = useWidth(track)
  // Null shows the whole show, also as it grows.
  const [part, setPart] = useState<Scale | null>(null)
  const inView = part === null ? whole : within(part, whole)
  const scale = part === null || at_ms === null ? inView : follow(inView, whole, at_ms)
  const density = useQuery({ queryKey: ["density", show.id], queryFn: () => api.series(IDS, show.id), refetchInterval: live ? 15_000 : false, retry: false })
  const thumbnails = useQuery({ queryKey: ["thumbnails", show.id], queryFn: () => clipsApi.thumbnails(show.id), refetchInterval: live ? 15_000 : false, retry: false })

  const zoomBy = useCallback((factor: number, around?: number) => {
    const next = zoom(scale, whole, around ?? at_ms ?? (scale.from + scale.to) / 2, factor)
    setPart(next.to - next.from >= whole.to - whole.from ? null : next)
  }, [scale, whole, at_ms])
  useImperativeHandle(ref, () => ({ zoom: (factor) => zoomBy(factor) }), [zoomBy])

  // React's wheel listeners may not keep the page from scrolling.
  useEffect(() => {
    const element = track.current
    if (!element) return
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && event.deltaX === 0) return
      event.preventDefault()
      const box = element.getBoundingClientRect()
      if (event.ctrlKey || event.metaKey) zoomBy(event.deltaY > 0 ? 1.25 : 0.8, atShare(scale, (event.clientX - box.left) / box.width))
      else {
        const by = (event.deltaX / box.width) * (scale.to - scale.from)
        setPart(within({ from: scale.from + by, to: scale.to + by }, whole))
      }
    }
    element.addEventListener("wheel", wheel, { passive: false })
    return () => element.removeEventListener("wheel", wheel)
  }, [zoomBy, scale, whole])

  const at = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.closest(".track")?.getBoundingClientRect()
    if (!box) return scale.from
    return Math.round(Math.min(whole.to, Math.max(whole.from, atShare(scale, (event.clientX - box.left) / box.width))))
  }
  const drag = (act: (ms: number) => void) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return
      event.stopPropagation()
      event.currentTarget.setPointerCapture(event.pointerId)
      act(at(event))
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) act(at(event))
    },
  })
  const left = (ms: number) => `${share(scale, ms) * 100}%`
  const span = (from: number, to: number) => ({ left: left(from), width: `${(share(scale, to) - share(scale, from)) * 100}%` })

  return (
    <section className="panel timeline" aria-label={t("timeline")} data-testid="timeline">
      <div className="panel-head">
        <h2>{t("timeline")}</h2>
        <span className="legend"><i className="legend-bar" />{t("legend_danmaku")}</span>
        <span className="legend"><i className="legend-gift" />{t("legend_gift")}</span>
        <span className="legend"><i className="legend-highlight" />{t("legend_highlight")}</span>
        <span className="spring" />
        <button type="button" className="zoom" aria-label={t("zoom_out")} disabled={part === null} onClick={() => zoomBy(2)}>−</button>
        <button type="button" className="zoom" aria-label={t("zoom_in")} onClick={() => zoomBy(0.5)}>+</button>
        <button type="button" className="zoom wide" disabled={part === null} onClick={() => setPart(null)}>{t("zoom_all")}</button>
      </div>
      <div
        ref={track} className={thumbnails.data?.length ? "track" : "track bare"} {...drag(seek)} data-testid="track"
      >
        <div className="thumbs" aria-hidden="true">
          {pick(thumbnails.data ?? [], scale, width).map(({ at_ms: when, url }) => <img key={when} src={url} alt="" draggable={false} loading="lazy" style={{ left: left(when) }} />)}
        </div>
        <Density series={density.data ?? null} started_at={show.started_at} scale={scale} />
        {holes(recording, whole).map(([from, to]) => <i key={from} className="hole" style={span(from, to)} />)}
        {highlights.map((one) => (
          <button
            key={`${one.at_ms}-${one.start_ms}`} type="button" className="peak" style={{ left: left(one.at_ms) }} tabIndex={-1}
            title={`${clock(one.at_ms)} ${one.reasons.map((why) => t(`reason_${why.kind}`, { value: String(why.value), usual: String(Math.round(why.usual)) })).join("；")}`}
            onPointerDown={(event) => event.stopPropagation()} onClick={() => choose(one)} aria-label={`${t("legend_highlight")} ${clock(one.at_ms)}`}
          />
        ))}
        {range.in_ms !== null && range.out_ms !== null && <i className="chosen" style={span(range.in_ms, range.out_ms)} data-testid="chosen" />}
        {range.in_ms !== null && <Handle which="in" label={t("in_point")} ms={range.in_ms} whole={whole} left={left(range.in_ms)} drag={drag} set={(ms) => setRange((now) => setIn(now, ms))} />}
        {range.out_ms !== null && <Handle which="out" label={t("out_point")} ms={range.out_ms} whole={whole} left={left(range.out_ms)} drag={drag} set={(ms) => setRange((now) => setOut(now, ms))} />}
        {at_ms !== null && <i className="head" style={{ left: left(at_ms) }} />}
      </div>
      <div className="axis num" aria-hidden="true">
        {ticks(scale, Math.max(2, Math.floor(width / 90))).map((tick) => <span key={tick} style={{ left: left(tick) }}>{clock(tick)}</span>)}
      </div>
    </section>
  )
}

interface HandleProps {
  which: "in" | "out"
  label: string
  ms: number
  whole: Scale
  left: string
  drag: (act: (ms: number) => void) => object
  set: (ms: number) => void
}

function Handle({ which, label, ms, whole, left, drag, set }: HandleProps) {
  return (
    <div
      className={`handle ${which}`} style={{ left }} role="slider" tabIndex={0} aria-label={label} data-testid={`handle-${which}`}
      aria-valuemin={whole.from} aria-valuemax={whole.to} aria-valuenow={ms} aria-valuetext={precise(ms)} {...drag(set)}
      onKeyDown={(event) => {
        const by = event.key === "ArrowLeft" ? -STEP_MS : event.key === "ArrowRight" ? STEP_MS : 0
        if (by === 0) return
        event.preventDefault()
        set(Math.min(whole.to, Math.max(whole.from, ms + (event.shiftKey ? by : by / 10))))
      }}
    />
  )
}

// As many pictures as fit side by side, evenly over what is shown.
function pick(all: readonly Thumbnail[], scale: Scale, width: number): Thumbnail[] {
  const wanted = Math.max(1, Math.floor(width / THUMBNAIL_PX))
  const length = scale.to - scale.from
  const found: Thumbnail[] = []
  for (let nth = 0; nth < wanted; nth += 1) {
    const at = scale.from + (nth / wanted) * length
    const nearest = all.reduce<Thumbnail | null>((best, one) => (best === null || Math.abs(one.at_ms - at) < Math.abs(best.at_ms - at) ? one : best), null)
    if (nearest && Math.abs(nearest.at_ms - at) < Math.max(15_000, length / wanted)) found.push({ at_ms: at, url: nearest.url })
  }
  return found
}

function holes(recording: Recording, whole: Scale): [number, number][] {
  const found: [number, number][] = []
  let end = whole.from
  for (const piece of recording.pieces) {
    if (piece.start_ms - end > 500) found.push([end, piece.start_ms])
    end = Math.max(end, piece.end_ms)
  }
  return found
}

function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(800)
  useEffect(() => {
    if (!of.current) return
    const observer = new ResizeObserver(([entry]) => { if (entry) setWidth(entry.contentRect.width) })
    observer.observe(of.current)
    return () => observer.disconnect()
  }, [of])
  return width
}

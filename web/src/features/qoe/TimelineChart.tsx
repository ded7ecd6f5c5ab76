// Viewers and ingest in lanes over one axis of time, alarms as shaded spans. Loaded only when there is something to draw.
import { LineChart } from "echarts/charts"
import { AxisPointerComponent, GridComponent, MarkAreaComponent, TitleComponent, TooltipComponent } from "echarts/components"
import { use as register } from "echarts/core"
import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import type { Quality } from "../../api/types"
import { count, DASH, percent, timeOfDay } from "../../ui/format"
import { PHONE, useMedia } from "../../ui/useMedia"
import { useTokens } from "../../ui/theme"
import { LANE, spanOf, TITLE, type Lane, type Line, type Unit } from "./lanes"
import { Plot } from "./Plot"
import { kindOf, millis } from "./words"

register([LineChart, GridComponent, TooltipComponent, TitleComponent, MarkAreaComponent, AxisPointerComponent])

/** More names of alarms lie on top of each other. */
const NAMED = 8

/** `now`: when the answer came; nothing is drawn behind it. */
export default function TimelineChart({ quality, lanes, now }: { quality: Quality; lanes: readonly Lane[]; now: number }) {
  const { t } = useTranslation("qoe")
  const read = useTokens()
  const narrow = useMedia(PHONE)
  const option = useMemo(() => {
    const [min, max] = spanOf(quality, now)
    const text = { color: read("ink-3"), fontSize: 11 }
    const sides = narrow ? { left: 44, right: 40 } : { left: 62, right: 62 }
    const nameOf = (line: Line) => (line.other ? t("compared", { name: t(line.name) }) : t(line.name))
    const areas = quality.alarms.map((alarm) => [
      { name: quality.alarms.length <= NAMED ? kindOf(t, alarm.kind) : "", xAxis: alarm.raised_at, itemStyle: { color: read("live"), opacity: 0.14 } },
      // A short one stays to be seen.
      { xAxis: Math.max(alarm.cleared_at ?? max, alarm.raised_at + (max - min) / 400) },
    ])
    const titles = lanes.map((lane, nth) => ({
      left: sides.left - 4, top: nth * LANE + 1, padding: 0,
      text: lane.lines.map((line, index) => `{${String(index)}|${line.look === "dashed" ? "┅" : line.look === "marks" ? "◆" : "━"}} ${nameOf(line)}`).join("   "),
      textStyle: { ...text, color: read("ink-2"), fontWeight: "normal" as const, lineHeight: 14, rich: Object.fromEntries(lane.lines.map((line, index) => [String(index), { color: read(line.colour), fontWeight: "bold" as const, fontSize: 11 }])) },
    }))
    const xAxis = lanes.map((_, nth) => ({
      type: "time" as const, gridIndex: nth, min, max, splitLine: { show: false }, axisLine: { onZero: false, lineStyle: { color: read("line-strong") } },
      axisLabel: { ...text, show: nth === lanes.length - 1, hideOverlap: true, formatter: clockOf(max - min) }, axisTick: { show: nth === lanes.length - 1 },
    }))
    const yAxis = lanes.flatMap((lane, nth) => [false, true].map((right) => {
      const line = lane.lines.find((one) => (one.right ?? false) === right)
      const [unit, reach] = [line?.unit ?? "count", line?.reach ?? 0]
      const signed = lane.signed === true && !right
      return {
        type: "value" as const, gridIndex: nth, position: right ? ("right" as const) : ("left" as const), splitNumber: 2,
        min: signed ? (found: { min: number }) => Math.min(found.min, -reach) : 0, ...(reach > 0 && { max: (found: { max: number }) => Math.max(found.max, reach) }),
        ...(unit === "count" && { minInterval: 1 }),
        axisLabel: { ...text, hideOverlap: true, formatter: (value: number) => axisWrite(value, unit) },
        axisLine: { show: false }, splitLine: { show: !right, lineStyle: { color: read("line") } },
      }
    }))
    const series = lanes.flatMap((lane, nth) => lane.lines.map((line, index) => ({
      type: "line" as const, name: nameOf(line), xAxisIndex: nth, yAxisIndex: nth * 2 + (line.right ? 1 : 0), data: line.points, connectNulls: false,
      // A point with nothing before and behind it is no line and would not be seen.
      showSymbol: line.look === "marks" || (line.look !== "area" && line.points.length < 12), symbol: line.look === "marks" ? "diamond" : "circle", symbolSize: line.look === "marks" ? 7 : 4,
      ...(line.look !== "marks" && { sampling: "lttb" as const }),
      ...(line.look === "area" && { step: "end" as const, areaStyle: { opacity: 0.35 } }),
      lineStyle: { width: line.look === "marks" ? 0 : line.look === "area" ? 1 : 1.6, color: read(line.colour), type: line.look === "dashed" ? ("dashed" as const) : ("solid" as const) },
      itemStyle: { color: read(line.colour) }, z: line.look === "area" ? 2 : 3,
      tooltip: { valueFormatter: (value: unknown) => (value == null ? DASH : write(Number(value), line.unit)) },
      ...(index === 0 && { markArea: { silent: true, data: areas, label: { show: nth === 0, color: read("live"), fontSize: 11, position: "insideTopLeft" as const } } }),
    })))
    return {
      animation: false,
      textStyle: { fontFamily: read("font") },
      title: titles,
      grid: lanes.map((_, nth) => ({ ...sides, top: nth * LANE + TITLE, height: LANE - TITLE - 6 })),
      tooltip: {
        trigger: "axis" as const, confine: true, backgroundColor: read("raised"), borderColor: read("line-strong"), textStyle: { color: read("ink"), fontSize: 12 }, padding: [6, 10],
        axisPointer: { label: { formatter: (hit: { value: unknown }) => timeOfDay(Number(hit.value)) } },
      },
      axisPointer: { link: [{ xAxisIndex: "all" as const }], lineStyle: { color: read("line-strong") } },
      xAxis, yAxis, series,
    }
  }, [quality, lanes, now, narrow, read, t])
  return <Plot option={option} />
}

/** Seconds only where a show is short. */
function clockOf(span_ms: number): (value: number) => string {
  return (value) => (span_ms < 600_000 ? timeOfDay(value) : timeOfDay(value).slice(0, 5))
}

function write(value: number, unit: Unit): string {
  switch (unit) {
    case "ratio": return percent(value)
    case "ms": return millis(value)
    case "kbps": return `${count(value)} kbps`
    case "fps": return `${value.toFixed(1)} fps`
    case "count": return count(value)
  }
}

function axisWrite(value: number, unit: Unit): string {
  if (value === 0) return "0"
  switch (unit) {
    case "ratio": return percent(value, value > 0 && value < 0.01 ? 1 : 0)
    case "ms": return Math.abs(value) >= 1000 ? `${String(Math.round(value / 100) / 10)} s` : `${count(value)} ms`
    case "kbps": return Math.abs(value) >= 1000 ? `${String(Math.round(value / 100) / 10)}M` : `${count(value)}k`
    case "fps": return count(value)
    case "count": return count(value)
  }
}

// Stalls, latency and ingest on one axis of time, alarms as shaded spans. Loaded only when there is something to draw.
import { LineChart } from "echarts/charts"
import { AxisPointerComponent, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent } from "echarts/components"
import { use as register } from "echarts/core"
import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import type { Quality } from "../../api/types"
import { count, percent, timeOfDay } from "../../ui/format"
import { useTokens } from "../../ui/theme"
import { Plot } from "./Plot"
import { withGaps } from "./targets"
import { kindOf, millis } from "./words"

register([LineChart, GridComponent, TooltipComponent, LegendComponent, MarkAreaComponent, AxisPointerComponent])

const MINUTE_MS = 60_000

export default function TimelineChart({ quality }: { quality: Quality }) {
  const { t } = useTranslation("qoe")
  const read = useTokens()
  const option = useMemo(() => {
    const { timeline, ingest, alarms } = quality
    const starts = [...timeline.map((minute) => minute.at_ms), ...ingest.map((point) => point.at_ms), ...alarms.map((alarm) => alarm.raised_at)]
    const min = Math.min(...starts)
    const last = Math.max(...starts) + MINUTE_MS
    const areas = alarms.map((alarm) => [
      { name: kindOf(t, alarm.kind), xAxis: alarm.raised_at, itemStyle: { color: read("live"), opacity: 0.14 } },
      { xAxis: Math.max(alarm.cleared_at ?? last, alarm.raised_at + (last - min) / 400) },
    ])
    const main = ingest.filter((point) => point.source !== "slate")
    const text = { color: read("ink-3"), fontSize: 11 }
    const gridOf = (top: string, height: string) => ({ left: 64, right: 64, top, height })
    const x = (index: number, shown: boolean) => ({
      type: "time" as const, gridIndex: index, min, max: last, axisLabel: { ...text, show: shown, hideOverlap: true },
      axisLine: { lineStyle: { color: read("line-strong") } }, splitLine: { show: false }, axisTick: { show: shown },
    })
    const y = (index: number, name: string, format: (value: number) => string, right = false) => ({
      type: "value" as const, gridIndex: index, name, nameTextStyle: { ...text, align: right ? ("right" as const) : ("left" as const) }, nameGap: 8, min: 0, splitNumber: 3,
      position: right ? ("right" as const) : ("left" as const), axisLabel: { ...text, formatter: format }, axisLine: { show: false }, splitLine: { show: !right, lineStyle: { color: read("line") } },
    })
    const line = (name: string, axis: number, colour: string, data: [number, number | null][], format: (value: number) => string, dashed = false) => ({
      type: "line" as const, name, xAxisIndex: Math.floor(axis / 2), yAxisIndex: axis, data, showSymbol: data.length < 40, symbolSize: 4, connectNulls: false, sampling: "lttb" as const,
      lineStyle: { width: 1.6, color: colour, type: dashed ? ("dashed" as const) : ("solid" as const) }, itemStyle: { color: colour }, tooltip: { valueFormatter: (value: unknown) => format(Number(value)) },
    })
    // Bars would widen this axis by half a bar, and the three would not stand under each other.
    const plays = { ...line(t("plays"), 1, read("curve-2"), withGaps(timeline, (minute) => minute.plays), count), step: "end" as const, showSymbol: false, areaStyle: { opacity: 0.35 } }
    const kbps = (value: number) => `${count(value)} kbps`
    const series = [
      { ...line(t("stall_rate"), 0, read("bad"), withGaps(timeline, (minute) => minute.stall_rate), percent), z: 3, markArea: { silent: true, data: areas, label: { color: read("live"), fontSize: 11, position: "insideTopLeft" as const } } },
      plays,
      { ...line(t("latency_p50"), 2, read("curve"), withGaps(timeline, (minute) => minute.latency_ms_p50), millis), markArea: { silent: true, data: areas, label: { show: false } } },
      line(t("latency_p95"), 2, read("ink-3"), withGaps(timeline, (minute) => minute.latency_ms_p95), millis, true),
      { ...line(t("kbps"), 4, read("good"), withGaps(main, (point) => point.video_kbps, 40_000), kbps), markArea: { silent: true, data: areas, label: { show: false } } },
      line(t("fps"), 5, read("warn"), withGaps(main, (point) => point.fps, 40_000), (value) => value.toFixed(1)),
    ]
    return {
      animation: false,
      textStyle: { fontFamily: read("font") },
      legend: { top: 0, left: 8, icon: "roundRect", itemWidth: 12, itemHeight: 4, textStyle: { color: read("ink-2"), fontSize: 12 } },
      grid: [gridOf("15%", "19%"), gridOf("45%", "17%"), gridOf("74%", "18%")],
      tooltip: {
        trigger: "axis" as const, backgroundColor: read("raised"), borderColor: read("line-strong"), textStyle: { color: read("ink"), fontSize: 12 },
        axisPointer: { label: { formatter: (hit: { value: unknown }) => timeOfDay(Number(hit.value)) } },
      },
      axisPointer: { link: [{ xAxisIndex: "all" as const }], lineStyle: { color: read("line-strong") } },
      xAxis: [x(0, false), x(1, false), x(2, true)],
      yAxis: [
        y(0, t("stall_rate"), (value) => percent(value, 0)), y(0, t("plays"), count, true),
        y(1, t("latency"), millis), y(1, "", count, true),
        y(2, t("kbps"), count), y(2, t("fps"), count, true),
      ],
      series,
    }
  }, [quality, read, t])
  return <Plot option={option} />
}

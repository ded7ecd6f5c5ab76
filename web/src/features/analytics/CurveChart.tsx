// The drawing of the curve; loaded only when there is something to draw. Points are whole steps: a value holds until the next one.
import { BarChart, LineChart } from "echarts/charts"
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components"
import { init, use as register, type EChartsType } from "echarts/core"
import { CanvasRenderer } from "echarts/renderers"
import { useEffect, useRef } from "react"
import { useTranslation } from "react-i18next"
import type { Series } from "../../api/types"
import { count, timeOfDay } from "../../ui/format"
import { useTokens } from "../../ui/theme"
import { marksOf } from "./marks"
import { atTime, bars, onlineSteps } from "./steps"

register([LineChart, BarChart, GridComponent, TooltipComponent, MarkLineComponent, CanvasRenderer])

export default function CurveChart({ series, now }: { series: Series; now: number | null }) {
  const { t } = useTranslation("analytics")
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const read = useTokens()

  useEffect(() => {
    if (!host.current) return
    const made = init(host.current)
    chart.current = made
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(host.current)
    return () => {
      observer.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])

  useEffect(() => {
    const marks = marksOf(series.markers).map(({ at, name }) => ({
      xAxis: at,
      name: t(`mark_${name}`),
      // Lost and resumed may stand close: their names part from each other.
      label: { align: name === "lost" || name === "ended" ? ("right" as const) : ("left" as const) },
      lineStyle: { color: read(name === "lost" ? "warn" : name === "resumed" ? "good" : "ink-3") },
    }))
    const online = onlineSteps(series, now)
    const danmaku = series.ids.danmaku_per_min ?? []
    const axis = { axisLabel: { color: read("ink-3"), fontSize: 11 }, axisLine: { lineStyle: { color: read("line-strong") } } }
    chart.current?.setOption(
      {
        animation: false,
        textStyle: { fontFamily: read("font") },
        grid: { left: 8, right: 8, top: 26, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        tooltip: {
          trigger: "axis", backgroundColor: read("raised"), borderColor: read("line-strong"), textStyle: { color: read("ink"), fontSize: 12 },
          axisPointer: { snap: false, lineStyle: { color: read("line-strong") } },
          formatter: (hits: { axisValue: number }[]) => {
            const at = hits[0]?.axisValue ?? series.to
            return `${timeOfDay(at)}<br>${t("curve_online")} <b>${count(atTime(online, at))}</b><br>${t("curve_danmaku")} <b>${count(atTime(danmaku, at))}</b>`
          },
        },
        xAxis: { type: "time", min: series.from, max: series.to, ...axis, splitLine: { show: false }, axisLabel: { ...axis.axisLabel, hideOverlap: true } },
        yAxis: [
          { type: "value", minInterval: 1, min: 0, splitNumber: 4, ...axis, axisLine: { show: false }, splitLine: { lineStyle: { color: read("line") } } },
          { type: "value", minInterval: 1, min: 0, splitNumber: 4, ...axis, axisLine: { show: false }, splitLine: { show: false } },
        ],
        series: [
          {
            type: "bar", name: t("curve_danmaku"), yAxisIndex: 1, data: bars(danmaku, series), itemStyle: { color: read("curve-2") }, barMaxWidth: 14, large: danmaku.length > 400,
          },
          {
            type: "line", name: t("curve_online"), data: online, step: "end", showSymbol: false, connectNulls: false, sampling: "lttb",
            lineStyle: { width: 2, color: read("curve") }, itemStyle: { color: read("curve") }, z: 3,
            markLine: {
              symbol: "none", silent: true, animation: false, data: marks,
              label: { formatter: (mark: { name: string }) => mark.name, color: read("ink-2"), fontSize: 11, position: "end" },
              lineStyle: { type: "dashed", width: 1 },
            },
          },
        ],
      },
      { lazyUpdate: true },
    )
  }, [series, now, read, t])

  return <div ref={host} className="curve-canvas" />
}

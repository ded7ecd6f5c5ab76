// Bit rate, frame rate and skew of one source, a point a second.
import { LineChart } from "echarts/charts"
import { AxisPointerComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components"
import { use as register } from "echarts/core"
import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import type { IngestSource } from "../../api/types"
import { count, timeOfDay } from "../../ui/format"
import { useTokens } from "../../ui/theme"
import { Plot } from "./Plot"

register([LineChart, GridComponent, TooltipComponent, LegendComponent, AxisPointerComponent])

export default function IngestChart({ series }: { series: IngestSource["series"] }) {
  const { t } = useTranslation("qoe")
  const read = useTokens()
  const option = useMemo(() => {
    const points = (values: (number | null | undefined)[]) => series.at_s.map((at, index) => [at * 1000, values[index] ?? null])
    const text = { color: read("ink-3"), fontSize: 11 }
    const x = (index: number) => ({ type: "time" as const, gridIndex: index, axisLabel: { ...text, show: index === 1, hideOverlap: true }, axisTick: { show: index === 1 }, axisLine: { lineStyle: { color: read("line-strong") } }, splitLine: { show: false } })
    const y = (index: number, name: string, right = false) => ({
      type: "value" as const, gridIndex: index, name, nameTextStyle: { ...text, align: right ? ("right" as const) : ("left" as const) }, nameGap: 8, splitNumber: 3, position: right ? ("right" as const) : ("left" as const),
      axisLabel: { ...text, formatter: (value: number) => count(value) }, axisLine: { show: false }, splitLine: { show: !right, lineStyle: { color: read("line") } },
    })
    const line = (name: string, axis: number, colour: string, values: (number | null | undefined)[], format: (value: number) => string) => ({
      type: "line" as const, name, xAxisIndex: axis < 2 ? 0 : 1, yAxisIndex: axis, data: points(values), showSymbol: false, connectNulls: false,
      lineStyle: { width: 1.4, color: colour }, itemStyle: { color: colour }, tooltip: { valueFormatter: (value: unknown) => (value == null ? "—" : format(Number(value))) },
    })
    return {
      animation: false,
      textStyle: { fontFamily: read("font") },
      legend: { top: 0, left: 8, icon: "roundRect", itemWidth: 12, itemHeight: 4, textStyle: { color: read("ink-2"), fontSize: 12 } },
      grid: [{ left: 60, right: 52, top: "22%", height: "34%" }, { left: 60, right: 52, top: "70%", height: "18%" }],
      tooltip: {
        trigger: "axis" as const, backgroundColor: read("raised"), borderColor: read("line-strong"), textStyle: { color: read("ink"), fontSize: 12 },
        axisPointer: { label: { formatter: (hit: { value: unknown }) => timeOfDay(Number(hit.value)) } },
      },
      axisPointer: { link: [{ xAxisIndex: "all" as const }], lineStyle: { color: read("line-strong") } },
      xAxis: [x(0), x(1)],
      yAxis: [{ ...y(0, "kbps"), min: 0 }, { ...y(0, "fps", true), min: 0 }, y(1, `${t("skew")} ms`)],
      series: [
        line(t("kbps"), 0, read("curve"), series.video_kbps, (value) => `${count(value)} kbps`),
        line(t("audio_kbps"), 0, read("curve-2"), series.audio_kbps, (value) => `${count(value)} kbps`),
        line(t("fps"), 1, read("good"), series.fps, (value) => count(value)),
        line(t("skew"), 2, read("warn"), series.skew_ms, (value) => `${value} ms`),
      ],
    }
  }, [series, read, t])
  return <Plot option={option} />
}

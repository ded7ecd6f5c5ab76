// One ECharts drawing that follows its box. Whoever uses it registers what it draws with.
import { init, use as register, type EChartsType } from "echarts/core"
import { CanvasRenderer } from "echarts/renderers"
import { useEffect, useRef } from "react"

register([CanvasRenderer])

export function Plot({ option }: { option: Record<string, unknown> }) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
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
    chart.current?.setOption(option, { lazyUpdate: true, replaceMerge: ["series"] })
  }, [option])
  return <div ref={host} className="curve-canvas" />
}

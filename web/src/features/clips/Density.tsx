// Danmaku and gifts per minute under the pictures, drawn to the highest minute of the show.
import type { Series } from "../../api/types"
import { share, type Scale } from "./scale"

interface Props {
  series: Series | null
  started_at: number
  scale: Scale
}

export function Density({ series, started_at, scale }: Props) {
  if (!series) return <svg className="density" aria-hidden="true" />
  const step = series.step_s * 1000
  const bars = (id: string, className: string, width: number, shift: number) => {
    const points = series.ids[id] ?? []
    const most = Math.max(1, ...points.map(([, value]) => value ?? 0))
    return points.map(([at, value]) => {
      const from = Math.max(at, series.from) - started_at
      const to = Math.min(at + step, series.to) - started_at
      const x = share(scale, from) * 100
      const wide = (share(scale, to) - share(scale, from)) * 100
      if (!value || x > 100 || x + wide < 0) return null
      const height = (value / most) * 100
      return <rect key={at} className={className} x={x + wide * shift} width={Math.max(0.12, wide * width)} y={100 - height} height={height} />
    })
  }
  return (
    <svg className="density" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      {bars("danmaku_per_min", "density-danmaku", 0.92, 0.04)}
      {bars("gift_count", "density-gift", 0.3, 0.35)}
    </svg>
  )
}

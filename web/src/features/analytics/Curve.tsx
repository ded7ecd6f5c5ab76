// The online curve with what happened to the stream marked on it; danmaku per minute behind it.
import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Tile } from "../../api/types"
import { count } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"

const Chart = lazy(() => import("./CurveChart"))

const IDS = ["online", "danmaku_per_min"]

export function Curve({ show }: { show: Broadcast }) {
  const { t } = useTranslation("analytics")
  const live = show.state !== "ended"
  const series = useQuery({
    queryKey: ["series", show.id],
    queryFn: () => api.series(IDS, show.id),
    refetchInterval: live ? 10_000 : false,
    placeholderData: (old) => old,
  })
  // The tiles ask for it anyway; here its newest value is the curve's end.
  const tiles = useQuery({ queryKey: ["tiles", show.id], queryFn: () => api.tiles(show.id), enabled: live, select: onlineNow })
  const now = live ? (tiles.data ?? null) : null
  const online = series.data?.ids.online?.filter(([, value]) => value !== null) ?? []
  const danmaku = series.data?.ids.danmaku_per_min ?? []
  return (
    <section className="panel curve" aria-label={t("curve")}>
      <div className="panel-head">
        <h2>{t("curve")}</h2>
        <span className="legend"><i className="legend-line" />{t("curve_online")}</span>
        <span className="legend"><i className="legend-bar" />{t("curve_danmaku")}</span>
      </div>
      {series.isPending ? <Loading rows={4} />
        : !series.data ? <Failed error={series.error} retry={() => void series.refetch()} />
        : online.length + danmaku.length < 2 ? <p className="curve-empty quiet">{t("curve_empty")}</p>
        : (
          <div
            className="curve-box" role="img"
            aria-label={t("curve_label", { n: count(online.length), now: count(now ?? online.at(-1)?.[1]), max: count(Math.max(0, ...online.map(([, value]) => value ?? 0))) })}
          >
            <Suspense fallback={<Loading rows={4} />}><Chart series={series.data} now={now} /></Suspense>
          </div>
        )}
    </section>
  )
}

function onlineNow(tiles: Tile[]): number | null {
  return tiles.find((tile) => tile.id === "online")?.value ?? null
}

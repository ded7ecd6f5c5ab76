// One tile per metric: the value, the last 10 minutes against the 10 before, the course, and how fresh it is.
import { useQuery } from "@tanstack/react-query"
import { Tooltip } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Metric, MetricDefinition, Tile } from "../../api/types"
import { useLanguage } from "../../ui/appearance"
import { Ago, useNow } from "../../ui/Ago"
import { byUnit, change, dateTime, signedPercent } from "../../ui/format"
import { Sparkline } from "../../ui/Sparkline"
import { Failed, Loading, Message } from "../../ui/States"
import { verdict } from "./verdict"

const STALE_MS = 15_000
const DAY_MS = 86_400_000

export function Tiles({ show }: { show: Broadcast }) {
  const { t } = useTranslation("analytics")
  const live = show.state !== "ended"
  const dictionary = useQuery({ queryKey: ["dictionary"], queryFn: api.dictionary, staleTime: Infinity })
  const tiles = useQuery({ queryKey: ["tiles", show.id], queryFn: () => api.tiles(show.id), refetchInterval: live ? 2000 : 15_000 })
  const ids = tiles.data?.map((tile) => tile.id) ?? []
  const settled = useQuery({
    queryKey: ["metrics", show.id, show.state, ids.join(",")],
    queryFn: () => api.metrics(ids, show.id),
    enabled: !live && ids.length > 0,
    refetchInterval: (query) => (query.state.data?.every((metric) => metric.settled !== null) ? false : 5000),
  })
  if (tiles.isPending || dictionary.isPending) return <div className="panel"><Loading rows={8} /></div>
  if (!tiles.data || !dictionary.data) {
    return <div className="panel"><Failed error={tiles.error ?? dictionary.error} retry={() => { void tiles.refetch(); void dictionary.refetch() }} /></div>
  }
  if (tiles.data.length === 0) return <div className="panel"><Message title={t("no_tiles")} /></div>
  return (
    <ul className="tiles" data-testid="tiles">
      {tiles.data.map((tile) => (
        <TileBox
          key={tile.id} tile={tile} live={live} settled={settled.data?.find((metric) => metric.id === tile.id)}
          definition={dictionary.data.find((one) => one.id === tile.id)}
        />
      ))}
    </ul>
  )
}

interface TileProps {
  tile: Tile
  definition: MetricDefinition | undefined
  settled: Metric | undefined
  live: boolean
}

function TileBox({ tile, definition, settled, live }: TileProps) {
  const { t } = useTranslation("analytics")
  const language = useLanguage()
  const unit = definition?.unit ?? "count"
  const name = (language === "en" ? definition?.en : definition?.zh) ?? tile.id
  const isSettled = !live && settled !== undefined && settled.settled !== null
  const value = isSettled ? settled.settled : tile.value
  const moved = change(tile.last_10m, tile.previous_10m)
  const write = (number: number | null) => byUnit(number, unit, language)
  return (
    <li className="tile" data-metric={tile.id} data-value={value ?? ""}>
      <div className="tile-head">
        <Tooltip title={definition && `${t("formula")}: ${definition.formula}`} mouseEnterDelay={0.3}>
          <span className="tile-name" tabIndex={definition ? 0 : undefined}>{name}</span>
        </Tooltip>
        <Freshness at={tile.as_of} mark={isSettled ? "settled" : live ? "live" : "unsettled"} />
      </div>
      <div className="tile-body">
        <span className="tile-value num">{write(value)}</span>
        <Sparkline values={tile.spark} />
      </div>
      <dl className="tile-foot num">
        <div>
          <dt>{t("last_10m")}</dt>
          <dd>{write(tile.last_10m)}</dd>
          {moved !== null && <dd className={`moved ${verdict(moved, definition?.direction)}`}>{signedPercent(moved)}</dd>}
        </div>
        <div>
          <dt>{t("previous_10m")}</dt>
          <dd>{write(tile.previous_10m)}</dd>
        </div>
      </dl>
    </li>
  )
}

function Freshness({ at, mark }: { at: number; mark: "live" | "settled" | "unsettled" }) {
  const { t } = useTranslation("analytics")
  const age_ms = useNow() - at
  if (mark === "settled") return <span className="fresh settled">{t("settled")}</span>
  const late = mark === "live" && age_ms > STALE_MS
  return (
    <span className={late ? "fresh late" : `fresh ${mark}`} title={t("as_of", { at: dateTime(at) })}>
      {late ? `${t("stale")} ` : mark === "unsettled" ? t("unsettled") : ""}
      {mark === "live" && age_ms < DAY_MS && <Ago at={at} />}
    </span>
  )
}

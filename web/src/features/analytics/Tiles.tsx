// One tile per metric: the value, the last 10 minutes against the 10 before, the course, and how fresh it is.
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Tooltip } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Metric, MetricDefinition, Tile } from "../../api/types"
import { useLanguage } from "../../ui/appearance"
import { Ago, useNow } from "../../ui/Ago"
import { byUnit, change, count, dateTime, signedPercent } from "../../ui/format"
import { Sparkline } from "../../ui/Sparkline"
import { Failed, Loading, Message } from "../../ui/States"
import { verdict } from "./verdict"

const STALE_MS = 15_000
const DAY_MS = 86_400_000
/** Counts everybody who came, suspected bots included; what the audit leaves of it stands below. */
const VIEWERS = "view_uv"
const AUDITED = "audited_view_uv"

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
    refetchInterval: (query) => (isSettled(query.state.data) ? false : 5000),
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
          key={tile.id} tile={tile} live={live} settled={isSettled(settled.data) ? settled.data?.find((metric) => metric.id === tile.id) : undefined}
          definition={dictionary.data.find((one) => one.id === tile.id)} show={show}
        />
      ))}
    </ul>
  )
}

// A show is settled as a whole; metrics that do not apply to it stay null.
function isSettled(metrics: Metric[] | undefined): boolean {
  return metrics?.some((metric) => metric.settled != null) ?? false
}

interface TileProps {
  tile: Tile
  definition: MetricDefinition | undefined
  /** Given once the show is settled. */
  settled: Metric | undefined
  live: boolean
  show: Broadcast
}

function TileBox({ tile, definition, settled, live, show }: TileProps) {
  const { t } = useTranslation("analytics")
  const language = useLanguage()
  const { unit } = tile
  const name = language === "en" ? tile.en : tile.zh
  const value = settled ? settled.settled : tile.value
  const moved = change(tile.last_10m, tile.previous_10m)
  const write = (number: number | null | undefined) => byUnit(number, unit, language)
  return (
    <li className="tile" data-metric={tile.id} data-value={value ?? ""}>
      <div className="tile-head">
        <Tooltip title={definition && `${t("formula")}: ${definition.formula}`} mouseEnterDelay={0.3}>
          <span className="tile-name" tabIndex={definition ? 0 : undefined}>{name}</span>
        </Tooltip>
        <Freshness at={tile.as_of} mark={settled ? "settled" : live ? "live" : "unsettled"} />
      </div>
      <div className="tile-body">
        <span className="tile-value num">{write(value)}</span>
        <Sparkline values={tile.spark} />
      </div>
      <dl className="tile-foot num">
        <dt>{t(live ? "last_10m" : "final_10m")}</dt>
        <dd>{write(tile.last_10m)}</dd>
        <dd className={`moved ${verdict(moved ?? 0, definition?.direction)}`}>{moved !== null && signedPercent(moved)}</dd>
        <dt>{t("previous_10m")}</dt>
        <dd>{write(tile.previous_10m)}</dd>
      </dl>
      {tile.id === VIEWERS && show.source !== "import" && <Audited show={show} live={live} />}
    </li>
  )
}

function Audited({ show, live }: { show: Broadcast; live: boolean }) {
  const { t } = useTranslation("analytics")
  const audited = useQuery({
    queryKey: ["metrics", show.id, show.state, AUDITED], queryFn: () => api.metrics([AUDITED], show.id), refetchInterval: live ? 5000 : 30_000,
  })
  const metric = audited.data?.find((one) => one.id === AUDITED)
  const value = metric?.settled ?? metric?.live
  if (value == null) return null
  return (
    <Tooltip title={t("audited_hint")}>
      <Link to="/audience" search={{ room: show.room_id, broadcast: show.id }} className="tile-audited num" data-metric={AUDITED} data-value={value}>
        {t("audited", { n: count(value) })}
      </Link>
    </Tooltip>
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

// All running shows as tiles, the most urgent first. One request tells of all of them; pictures come under addresses that never change.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Button } from "antd"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { count } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { Interrupt, Warn } from "./Acts"
import { moved } from "./moves"
import { Picture } from "./Picture"
import { frameOf, patrol, type Tile } from "./patrol"

const A_PAGE = 48
export const WALL = ["patrol", "wall"] as const

export function Wall({ open }: { open: (room: string) => void }) {
  const { t } = useTranslation("patrol")
  const me = useMe()
  const queries = useQueryClient()
  const wall = useQuery({ queryKey: WALL, queryFn: patrol.wall, refetchInterval: 2_000 })
  const [page, setPage] = useState(0)
  const [chosen, setChosen] = useState<string | null>(null)
  const [act, setAct] = useState<{ tile: Tile; kind: "warn" | "interrupt" } | null>(null)
  const grid = useRef<HTMLUListElement>(null)
  const all = wall.data?.items ?? []
  const pages = Math.max(1, Math.ceil(all.length / A_PAGE))
  const shownPage = Math.min(page, pages - 1)
  const tiles = all.slice(shownPage * A_PAGE, (shownPage + 1) * A_PAGE)
  const mayAct = me.data !== undefined && may(me.data, "patrol.act")

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [role=dialog], [role=combobox], [role=radiogroup]")
      if (act || inField || event.ctrlKey || event.metaKey || event.altKey) return
      const from = tiles.findIndex((tile) => tile.room === chosen)
      const columns = grid.current ? getComputedStyle(grid.current).gridTemplateColumns.split(" ").length : 1
      const to = moved(event.key, from, tiles.length, columns)
      if (to !== null) {
        event.preventDefault()
        setChosen(tiles[to]?.room ?? null)
        grid.current?.querySelectorAll<HTMLElement>(".tile-open")[to]?.focus()
        return
      }
      const tile = tiles[from]
      if (!tile || !mayAct) return
      if (event.key.toLowerCase() === "w") setAct({ tile, kind: "warn" })
      else if (event.key.toLowerCase() === "i") setAct({ tile, kind: "interrupt" })
      else return
      event.preventDefault()
    }
    window.addEventListener("keydown", press)
    return () => window.removeEventListener("keydown", press)
  }, [tiles, chosen, act, mayAct])

  if (wall.isPending) return <Loading rows={8} />
  if (!wall.data) return <Failed error={wall.error} retry={() => void wall.refetch()} />
  const close = () => {
    setAct(null)
    void queries.invalidateQueries({ queryKey: WALL })
  }
  return (
    <div className="stack" data-testid="wall">
      <div className="wall-head">
        <span className="num">{t("count", { n: count(all.length) })}</span>
        <span className="quiet wall-keys">{t("keys")}</span>
        <span className="spring" />
        {pages > 1 && (
          <>
            <Button size="small" disabled={shownPage === 0} onClick={() => setPage(shownPage - 1)}>{t("before")}</Button>
            <span className="num">{t("page", { page: String(shownPage + 1), pages: String(pages) })}</span>
            <Button size="small" disabled={shownPage === pages - 1} onClick={() => setPage(shownPage + 1)}>{t("next")}</Button>
          </>
        )}
      </div>
      {all.length === 0 ? <div className="panel"><Message title={t("none")} hint={t("none_hint")} /></div> : (
        <ul className="wall-tiles" ref={grid}>
          {tiles.map((tile) => (
            <One key={tile.room} tile={tile} chosen={tile.room === chosen} choose={() => setChosen(tile.room)} open={() => open(tile.room)} />
          ))}
        </ul>
      )}
      {act?.kind === "warn" && <Warn tile={act.tile} close={close} />}
      {act?.kind === "interrupt" && <Interrupt tile={act.tile} close={close} />}
    </div>
  )
}

interface OneProps {
  tile: Tile
  chosen: boolean
  choose: () => void
  open: () => void
}

function One({ tile, chosen, choose, open }: OneProps) {
  const { t } = useTranslation("patrol")
  return (
    <li className={`wall-tile urgent-${String(tile.urgency)}`} data-room={tile.room} data-urgency={tile.urgency}>
      <button type="button" className="tile-open" aria-current={chosen} onFocus={choose} onClick={open}>
        <Picture src={tile.frame == null ? null : frameOf(tile.room, tile.frame)} alt="" />
        <span className="tile-title">{tile.title}</span>
      </button>
      <div className="tile-about">
        <span className="num quiet">{t("viewers", { n: count(tile.viewers) })}</span>
        {tile.signs.map((sign) => <span key={sign} className="tile-sign">{t(`sign_${sign}`)}</span>)}
        {tile.open > 0 && <span className="tile-sign">{t("open_n", { n: count(tile.open) })}</span>}
        {tile.unread_warning && <span className="tile-sign">{t("unread")}</span>}
      </div>
      {tile.finding && <p className="tile-finding"><b>{t(`level_${tile.finding.level}`)}</b> {tile.finding.kind === "speech" ? tile.finding.label : tile.finding.name || tile.finding.label}</p>}
    </li>
  )
}

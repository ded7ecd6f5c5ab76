// What was judged 判定记录, the newest first, and who decided what.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { useMasked } from "../../shell/Masked"
import { dateTime } from "../../ui/format"
import { Failed, Loading, Message } from "../../ui/States"
import { LEVELS, moderation, STATES, type Item, type ItemFilter } from "./moderation"
import { Notes } from "./Notes"
import { hitsOf, Marked, Reasons, useClauseName } from "./Reasons"
import { may, useMe } from "../../shell/session"
import { Impose } from "./sanctions/Impose"
import "./sanctions/sanctions.css"

export function History({ viewer }: { viewer: string }) {
  const { t } = useTranslation("moderation")
  const [filter, setFilter] = useState<ItemFilter>({ viewer })
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const pages = useInfiniteQuery({
    queryKey: ["review-items", filter], queryFn: ({ pageParam }) => moderation.items(filter, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const change = (next: ItemFilter) => setFilter({ ...filter, ...next })
  return (
    <div className="stack">
      <div className="filters">
        <select className="plain-select" aria-label={t("state")} value={filter.state ?? ""} onChange={(event) => change({ state: event.target.value })}>
          <option value="">{t("all_states")}</option>
          {STATES.map((one) => <option key={one} value={one}>{t(`state_${one}`)}</option>)}
        </select>
        <select className="plain-select" aria-label={t("judged")} value={filter.verdict ?? ""} onChange={(event) => change({ verdict: event.target.value })}>
          <option value="">{t("all_levels")}</option>
          {LEVELS.map((one) => <option key={one} value={one}>{t(`level_${one}`)}</option>)}
        </select>
        <select className="plain-select" aria-label={t("room")} value={filter.room ?? ""} onChange={(event) => change({ room: event.target.value })}>
          <option value="">{t("all_rooms")}</option>
          {rooms.data?.items.map((room) => <option key={room.id} value={room.id}>{room.title}</option>)}
        </select>
        <Input.Search key={filter.viewer} className="search" defaultValue={filter.viewer ?? ""} allowClear aria-label={t("viewer")} placeholder={t("viewer")} onSearch={(viewer) => change({ viewer: viewer.trim() })} />
        <Button onClick={() => void pages.refetch()} loading={pages.isRefetching}>{t("refresh")}</Button>
      </div>
      <section className="panel" aria-label={t("tab_items")} data-testid="items">
        {pages.isPending ? <Loading rows={8} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : items.length === 0 ? <Message title={t("none")} /> : <ol className="items">{items.map((item) => <Judged key={item.position} item={item} only={(viewer) => change({ viewer })} />)}</ol>}
        {pages.hasNextPage && <div className="more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
    </div>
  )
}

function Judged({ item, only }: { item: Item; only: (viewer: string) => void }) {
  const { t } = useTranslation("moderation")
  const named = useClauseName()
  const { t: sanction } = useTranslation("sanctions")
  const masked = useMasked()
  const me = useMe()
  const [imposing, setImposing] = useState(false)
  const imposes = me.data !== undefined && may(me.data, "sanction.impose") && item.outcome === "reject"
  return (
    <li>
      <p className="item-text">{item.erased ? <i className="quiet">{t("erased")}</i> : <Marked text={item.text} hits={hitsOf(item, "text")} />}</p>
      <Reasons hits={[...hitsOf(item, "text"), ...hitsOf(item, "nick")]} score={item.score ?? null} />
      <p className="card-about quiet">
        <span className={`level ${item.verdict}`}>{t(`level_${item.verdict}`)}</span>
        <span>{t(`state_${item.state}`)}</span>
        {item.outcome && <b>{item.outcome === "pass" ? t("passed") : t("rejected", { why: named(item.clause ?? "") })}</b>}
        {item.decided_by && <span>{item.decided_by} <time className="num">{dateTime(item.decided_at_ms)}</time></span>}
        {item.note && item.notes.length === 0 && <span>{item.note}</span>}
        <time className="num">{dateTime(item.at_ms)}</time>
        {masked ? <span className="mono">{item.viewer}</span>
          : <button type="button" className="mono" aria-label={`${t("only_viewer")} ${item.viewer}`} onClick={() => only(item.viewer)}>{item.viewer.slice(0, 12)}</button>}
        {imposes && <button type="button" onClick={() => setImposing(true)}>{sanction("impose")}</button>}
      </p>
      <Notes notes={item.notes} />
      {imposing && <Impose position={item.position} text={item.text} clause={item.clause ?? ""} close={() => setImposing(false)} />}
    </li>
  )
}

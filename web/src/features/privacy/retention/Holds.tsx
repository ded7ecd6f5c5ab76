// Legal holds 法律保全, placed and released here.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../../ui/Confirm"
import { DataTable, type Column } from "../../../ui/DataTable"
import { dateTime } from "../../../ui/format"
import { Pill } from "../../../ui/Pill"
import { Failed, Loading, Message } from "../../../ui/States"
import { PHONE, useMedia } from "../../../ui/useMedia"
import { HoldForm } from "./HoldForm"
import { useRetentionRefusal } from "./refusal"
import { retention, type Hold } from "./retention"

const nameOf = (hold: Hold) => hold.viewer ?? hold.broadcast ?? ""

export function Holds() {
  const { t } = useTranslation("retention")
  const { message } = App.useApp()
  const refusal = useRetentionRefusal()
  const queries = useQueryClient()
  const phone = useMedia(PHONE)
  const [placing, setPlacing] = useState(false)
  const [releasing, setReleasing] = useState<Hold | null>(null)
  const list = useInfiniteQuery({
    queryKey: ["retention", "holds"], queryFn: ({ pageParam }) => retention.holds(pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const holds = list.data?.pages.flatMap((page) => page.items) ?? []
  const of = (hold: Hold) => <span className="retention-name"><span>{t(hold.viewer === null ? "hold_of_broadcast" : "hold_of_viewer")}</span><span className="mono cut" title={nameOf(hold)}>{nameOf(hold)}</span></span>
  const state = (hold: Hold) => hold.released_at_ms === null ? <Pill tone="live">{t("in_force")}</Pill> : <span className="quiet">{t("released")} <span className="num">{dateTime(hold.released_at_ms)}</span></span>
  const placed = (hold: Hold) => <span className="quiet"><span className="num">{dateTime(hold.placed_at_ms)}</span> · {hold.placed_by || t("from_log")}</span>
  const act = (hold: Hold) => hold.released_at_ms === null && <Button size="small" onClick={() => setReleasing(hold)} aria-label={t("release_of", { name: nameOf(hold) })}>{t("release")}</Button>
  const narrow: Column<Hold>[] = [
    { key: "of", title: t("hold_of"), cell: (hold) => <div className="retention-one">{of(hold)}<span>{hold.reason}</span>{placed(hold)}<span>{state(hold)}</span>{act(hold)}</div> },
  ]
  const wide: Column<Hold>[] = [
    { key: "of", title: t("hold_of"), cell: of },
    { key: "reason", title: t("hold_reason"), cell: (hold) => hold.reason },
    { key: "placed", title: t("placed"), width: 230, cell: placed },
    { key: "state", title: t("state"), width: 200, cell: state },
    { key: "act", title: t("act"), width: 90, align: "right", cell: act },
  ]
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("holds")}</h2><span className="quiet retention-hint">{t("holds_hint")}</span><Button onClick={() => setPlacing(true)}>{t("hold")}</Button></div>
      {list.isPending ? <Loading rows={2} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} />
        : holds.length === 0 ? <Message title={t("holds_empty")} />
          : <DataTable<Hold> label={t("holds")} rows={holds} rowKey={(hold) => hold.id} empty={t("holds_empty")} minWidth={phone ? 0 : 900} columns={phone ? narrow : wide} />}
      {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
      {placing && <HoldForm close={() => setPlacing(false)} />}
      {releasing && (
        <Confirm
          title={t("release_title", { name: nameOf(releasing) })} hint={t("release_hint")} ok={t("release")} close={() => setReleasing(null)} refusal={refusal}
          act={async () => {
            await retention.release(releasing.id)
            void message.success(t("release_done"))
            await queries.invalidateQueries({ queryKey: ["retention"] })
          }}
        />
      )}
    </section>
  )
}

// What went by its age, the newest first.
import { useInfiniteQuery } from "@tanstack/react-query"
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../../ui/DataTable"
import { count, dateTime } from "../../../ui/format"
import { Pill } from "../../../ui/Pill"
import { Failed, Loading, Message } from "../../../ui/States"
import { PHONE, useMedia } from "../../../ui/useMedia"
import { amounts, retention, type Run } from "./retention"

export function Runs() {
  const { t } = useTranslation("retention")
  const phone = useMedia(PHONE)
  const list = useInfiniteQuery({
    queryKey: ["retention", "runs"], queryFn: ({ pageParam }) => retention.runs(pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => state.data?.pages.some((page) => page.items.some((run) => run.done_at_ms === null)) ? 1_000 : 5_000,
  })
  const runs = list.data?.pages.flatMap((page) => page.items) ?? []
  const gone = (run: Run) => <span className="num">{amounts(run.gone).map(([holder, amount]) => `${t(`holder_${holder}`)} ${count(amount)}`).join(" · ")}</span>
  const done = (run: Run) => run.done_at_ms === null ? <Pill tone="warn">{t("run_going")}</Pill> : <span className="num quiet">{dateTime(run.done_at_ms)}</span>
  const narrow: Column<Run>[] = [
    {
      key: "class", title: t("class"),
      cell: (run) => <div className="retention-one"><span className="strong">{t(`class_${run.class}`)}</span>{gone(run)}<span className="quiet num">{t("run_before")} {dateTime(run.before_ms)}</span>{done(run)}</div>,
    },
  ]
  const wide: Column<Run>[] = [
    { key: "class", title: t("class"), width: 180, cell: (run) => <span className="strong">{t(`class_${run.class}`)}</span> },
    { key: "before", title: t("run_before"), width: 170, cell: (run) => <span className="num quiet">{dateTime(run.before_ms)}</span> },
    { key: "gone", title: t("run_gone"), cell: gone },
    { key: "done", title: t("run_done"), width: 170, cell: done },
  ]
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t("runs")}</h2></div>
      {list.isPending ? <Loading rows={2} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} />
        : runs.length === 0 ? <Message title={t("runs_empty")} hint={t("runs_hint")} />
          : <DataTable<Run> label={t("runs")} rows={runs} rowKey={(run) => run.id} empty={t("runs_empty")} minWidth={phone ? 0 : 800} columns={phone ? narrow : wide} />}
      {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
    </section>
  )
}

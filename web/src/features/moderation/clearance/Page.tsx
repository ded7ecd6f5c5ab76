// Checks before a show 开播前审核: the dossiers, one of them, and the papers. Which, stands in the address.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Button, Segmented } from "antd"
import { lazy, Suspense, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../../api/client"
import { may, useMe } from "../../../shell/session"
import { DataTable, type Column } from "../../../ui/DataTable"
import { dateTime } from "../../../ui/format"
import { Failed, Loading, Message } from "../../../ui/States"
import { clearance, STATES, type Row } from "./clearance"
import { Editor, NewDossier } from "./Editor"
import { Papers } from "./Papers"
import "../moderation.css"
import "./clearance.css"

const Professionals = lazy(() => import("./Professionals"))

const TABS = ["dossiers", "papers", "professionals"] as const

export default function Page() {
  const { t } = useTranslation("clearance")
  const search: { dossier?: string; tab?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const go = (search: { dossier?: string; tab?: string }) => void navigate({ to: "/clearance", search })
  const tab = TABS.find((one) => one === search.tab) ?? "dossiers"
  return (
    <>
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="spring" />
        {search.dossier ? <Button onClick={() => go({})}>{t("back")}</Button>
          : <Segmented className="parts" aria-label={t("part")} value={tab} options={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))} onChange={(tab) => go(tab === "dossiers" ? {} : { tab })} />}
      </div>
      {search.dossier === "new" ? <NewDossier made={(dossier) => go({ dossier })} />
        : search.dossier ? <Editor key={search.dossier} id={search.dossier} gone={() => go({})} />
          : tab === "papers" ? <Papers /> : tab === "professionals" ? <Suspense fallback={<Loading rows={4} />}><Professionals /></Suspense> : <List open={(dossier) => go({ dossier })} />}
    </>
  )
}

function List({ open }: { open: (id: string) => void }) {
  const { t } = useTranslation("clearance")
  const me = useMe()
  const [state, setState] = useState("")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const pages = useInfiniteQuery({
    queryKey: ["dossiers", state], queryFn: ({ pageParam }) => clearance.list(state, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 30_000,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const named = (id: string) => rooms.data?.items.find((room) => room.id === id)?.title ?? id
  const write = me.data !== undefined && may(me.data, "moderation.prepare")
  const make = write && <Button type="primary" onClick={() => open("new")}>{t("new")}</Button>
  const columns: Column<Row>[] = [
    { key: "planned", title: t("planned"), width: 160, sort: (row) => row.planned_at_ms, cell: (row) => <span className="num">{dateTime(row.planned_at_ms)}</span> },
    { key: "show", title: t("show"), cell: (row) => <Button type="link" size="small" className="cell-link" onClick={() => open(row.id)}>{row.title}</Button> },
    { key: "room", title: t("room"), cell: (row) => named(row.room_id) },
    { key: "state", title: t("state"), width: 100, sort: (row) => row.state, cell: (row) => <State state={row.state} /> },
    { key: "open", title: t("open"), width: 150, sort: (row) => row.errors * 1_000 + row.warnings, cell: (row) => <Open row={row} /> },
    { key: "changed", title: t("changed"), width: 200, cell: (row) => <span className="quiet">{row.changed_by} · <span className="num">{dateTime(row.changed_at_ms)}</span></span> },
  ]
  return (
    <div className="stack">
      <div className="filters">
        <select className="plain-select" aria-label={t("state")} value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">{t("all_states")}</option>
          {STATES.map((one) => <option key={one} value={one}>{t(`state_${one}`)}</option>)}
        </select>
        <span className="spring" />
        {make}
      </div>
      <section className="panel" data-testid="dossiers">
        {pages.isPending ? <Loading rows={6} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : items.length === 0 ? <Message title={t("none")} hint={t("none_hint")} /> : <DataTable label={t("tab_dossiers")} rows={items} rowKey={(row) => row.id} columns={columns} empty={t("none")} minWidth={860} />}
        {pages.hasNextPage && <div className="more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
    </div>
  )
}

export function State({ state }: { state: Row["state"] }) {
  const { t } = useTranslation("clearance")
  return <span className={`level clearance-level ${state === "returned" ? "error" : state === "submitted" ? "warning" : ""}`} data-state={state}>{t(`state_${state}`)}</span>
}

function Open({ row }: { row: Row }) {
  const { t } = useTranslation("clearance")
  if (row.errors + row.warnings === 0) return <span className="quiet">{t("no_open")}</span>
  return <>{row.errors > 0 && <span className="level clearance-level error">{t("errors", { n: String(row.errors) })}</span>} {row.warnings > 0 && <span className="level clearance-level warning">{t("warnings", { n: String(row.warnings) })}</span>}</>
}

// The audit log: who did what, before and after, from where, when.
import { useInfiniteQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Button, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { ACTIONS, isAction } from "./actions"
import { staff, type AuditFilter, type AuditRow } from "./staff"
import "./accounts.css"

export default function AuditPage() {
  const { t } = useTranslation("accounts")
  const phone = useMedia(PHONE)
  const navigate = useNavigate()
  const search: { actor?: unknown; target?: unknown; action?: unknown } = useSearch({ strict: false })
  const filter: AuditFilter = {}
  for (const key of ["actor", "action", "target"] as const) {
    const value = search[key]
    if (typeof value === "string" && value !== "") filter[key] = value
  }
  const list = useInfiniteQuery({
    queryKey: ["audit-log", filter], queryFn: ({ pageParam }) => staff.audit(filter, pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const [looking, setLooking] = useState<AuditRow | null>(null)
  const by = (change: AuditFilter) => void navigate({ to: "/audit-log", search: { ...filter, ...change } })
  const what = (row: AuditRow) => (isAction(row.action) ? t(`did_${row.action}`) : row.action)
  const narrow: Column<AuditRow>[] = [{
    key: "what", title: t("did"),
    cell: (row) => (
      <button type="button" className="audit-row" onClick={() => setLooking(row)}>
        <span className="strong">{what(row)}</span>
        <span>{row.actor} · <span className="mono quiet">{row.from}</span></span>
        <span className="num quiet">{dateTime(row.at_ms)}</span>
      </button>
    ),
  }]
  const wide: Column<AuditRow>[] = [
    { key: "seq", title: "#", width: 76, align: "right", cell: (row) => <span className="num quiet">{row.seq}</span> },
    { key: "at", title: t("at"), width: 156, cell: (row) => <span className="num">{dateTime(row.at_ms)}</span> },
    { key: "actor", title: t("actor"), width: 170, cell: (row) => <Button type="link" size="small" className="cell-link" onClick={() => by({ actor: row.actor })}>{row.actor}</Button> },
    { key: "what", title: t("did"), cell: (row) => <span className="strong" title={row.action}>{what(row)}</span> },
    { key: "target", title: t("target"), cell: (row) => <Button type="link" size="small" className="cell-link mono" title={row.target} onClick={() => by({ target: row.target })}>{row.target}</Button> },
    { key: "from", title: t("from"), width: 140, cell: (row) => <span className="mono">{row.from}</span> },
    { key: "more", title: t("details"), width: 90, cell: (row) => <Button type="link" size="small" onClick={() => setLooking(row)} aria-label={`${t("details")} ${row.seq}`}>{t("details")}</Button> },
  ]
  return (
    <>
      <div className="page-head">
        <h1>{t("audit_log")}</h1>
        <span className="spring" />
        <Input.Search key={`actor ${filter.actor ?? ""}`} className="search" allowClear defaultValue={filter.actor ?? ""} placeholder={t("by_actor")} aria-label={t("by_actor")} onSearch={(actor) => by({ actor: actor.trim() })} />
        <Input.Search key={`target ${filter.target ?? ""}`} className="search" allowClear defaultValue={filter.target ?? ""} placeholder={t("by_target")} aria-label={t("by_target")} onSearch={(target) => by({ target: target.trim() })} />
        <select className="plain-select" aria-label={t("by_action")} value={filter.action ?? ""} onChange={(event) => by({ action: event.target.value })}>
          <option value="">{t("every_action")}</option>
          {ACTIONS.map((one) => <option key={one} value={one}>{t(`did_${one}`)}</option>)}
        </select>
      </div>
      {list.isPending ? <Loading rows={8} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} /> : (
        <div className="panel">
          <DataTable<AuditRow>
            label={t("audit_log")} rows={list.data.pages.flatMap((page) => page.items)} rowKey={(row) => String(row.seq)} empty={t("audit_none")}
            minWidth={phone ? 0 : 1060} columns={phone ? narrow : wide}
          />
          {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
        </div>
      )}
      {looking && <Details row={looking} what={what(looking)} close={() => setLooking(null)} />}
    </>
  )
}

function Details({ row, what, close }: { row: AuditRow; what: string; close: () => void }) {
  const { t } = useTranslation("accounts")
  const facts: [string, string][] = [
    [t("at"), dateTime(row.at_ms)], [t("actor"), row.actor], [t("from"), row.from], [t("target"), row.target], [t("hash"), row.hash],
  ]
  return (
    <Modal open title={`#${row.seq} ${what}`} onCancel={close} width={640} footer={null}>
      <dl className="audit-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="mono">{value}</dd></div>)}</dl>
      <div className="audit-change">
        <Side title={t("before")} value={row.before} />
        <Side title={t("after")} value={row.after} />
      </div>
    </Modal>
  )
}

function Side({ title, value }: { title: string; value: unknown }) {
  const { t } = useTranslation("accounts")
  return (
    <section>
      <h3>{title}</h3>
      {value === undefined ? <p className="quiet">{t("nothing")}</p> : <pre className="mono" tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>}
    </section>
  )
}

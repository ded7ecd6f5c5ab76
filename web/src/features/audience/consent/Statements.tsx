// What viewers said, newest first; a withdrawal that a viewer told staff is written down here.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Masked, useMasked } from "../../../shell/Masked"
import { may, useMe } from "../../../shell/session"
import { Confirm } from "../../../ui/Confirm"
import { DataTable, type Column } from "../../../ui/DataTable"
import { dateTime } from "../../../ui/format"
import { Pill } from "../../../ui/Pill"
import { useRefusal } from "../../../ui/refusal"
import { Failed, Loading } from "../../../ui/States"
import { REFUSALS } from "./SettingsForm"
import { consents, type Statement } from "./settings"

export function Statements() {
  const { t } = useTranslation("consent")
  const { message } = App.useApp()
  const me = useMe()
  const masked = useMasked()
  const queries = useQueryClient()
  const refusal = useRefusal(REFUSALS, (code) => t(`refused_${code}`))
  const [typed, setTyped] = useState("")
  const [viewer, setViewer] = useState("")
  const [asked, setAsked] = useState<Statement | null>(null)
  const list = useInfiniteQuery({
    queryKey: ["consent", "statements", viewer], queryFn: ({ pageParam }) => consents.statements({ viewer, after: pageParam }),
    initialPageParam: "", getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  // Whoever sees no pseudonym cannot name one.
  const notes = me.data !== undefined && may(me.data, "consent.write") && !masked
  const action: Column<Statement> = {
    key: "actions", title: t("actions"), width: 110,
    cell: (row) => (row.given ? <Button size="small" type="link" onClick={() => setAsked(row)}>{t("withdraw")}</Button> : null),
  }
  return (
    <section className="panel" data-testid="consent-statements">
      <div className="panel-head">
        <h2>{t("statements")}</h2>
        <Masked />
        <span className="quiet asks-hint">{t("statements_hint")}</span>
        <span className="spring" />
        <Input.Search className="search" value={typed} allowClear maxLength={64} aria-label={t("find_viewer")} placeholder={t("find_viewer")} onChange={(event) => setTyped(event.target.value)} onSearch={(value) => setViewer(value.trim())} />
      </div>
      {list.isPending ? <Loading rows={4} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} /> : (
        <DataTable<Statement>
          label={t("statements")} rows={rows} rowKey={(row) => row.id} empty={t("statements_empty")} minWidth={720}
          columns={[
            { key: "at", title: t("at"), width: 160, cell: (row) => <span className="num">{dateTime(row.said_at_ms)}</span> },
            { key: "viewer", title: t("viewer"), cell: (row) => <span className="mono" title={row.viewer}>{row.viewer}</span> },
            { key: "purpose", title: t("purpose"), width: 130, cell: (row) => t(row.purpose) },
            { key: "version", title: t("text_version"), width: 80, align: "right", cell: (row) => <span className="num">{row.version}</span> },
            { key: "said", title: t("said"), width: 100, cell: (row) => <Pill tone={row.given ? "live" : "quiet"}>{t(row.given ? "given" : "declined")}</Pill> },
            { key: "through", title: t("through"), width: 110, cell: (row) => <span className="quiet">{t(`through_${row.through}`)}</span> },
            ...(notes ? [action] : []),
          ]}
        />
      )}
      {list.hasNextPage && <div className="more"><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("more")}</Button></div>}
      {asked && (
        <Confirm
          title={t("withdraw_title", { purpose: t(asked.purpose) })} hint={t("withdraw_hint")} ok={t("withdraw")} close={() => setAsked(null)} refusal={refusal}
          act={async () => {
            await consents.withdraw(asked)
            void message.success(t("withdrawn"))
            await queries.invalidateQueries({ queryKey: ["consent"] })
          }}
        />
      )}
    </section>
  )
}

// The ledger 存证账本: days with what they come to, the rows of a day, and how to verify them. Day and filters stand in the address.
import { useInfiniteQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { DownloadIcon } from "../../../ui/icons"
import { Failed, Loading } from "../../../ui/States"
import { Days } from "./Days"
import { Details } from "./Details"
import { dayOf, KINDS, ledger, type Filter, type Row } from "./ledger"
import { Rows } from "./Rows"
import "./ledger.css"

export default function Page() {
  const { t } = useTranslation("ledger")
  const navigate = useNavigate()
  const search: Record<keyof Filter, unknown> = useSearch({ strict: false })
  const filter: Filter = {}
  for (const key of ["day", "kind", "about"] as const) {
    const value = search[key]
    if (typeof value === "string" && value !== "") filter[key] = value
  }
  const by = (change: { [Key in keyof Filter]: string }) => {
    const next = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== "")
    void navigate({ to: "/ledger", search: Object.fromEntries(next), replace: true })
  }
  const [looking, setLooking] = useState<Row | null>(null)
  const heads = useInfiniteQuery({
    queryKey: ["ledger-heads"], queryFn: ({ pageParam }) => ledger.heads(pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = useInfiniteQuery({
    queryKey: ["ledger-rows", filter], queryFn: ({ pageParam }) => ledger.rows(filter, pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const [today] = useState(() => dayOf(Date.now()))
  return (
    <div className="stack">
      <div className="page-head ledger-head">
        <h1>{t("title")}</h1>
        <span className="quiet">{t("intro")}</span>
      </div>
      <section className="panel" data-testid="ledger-days">
        <div className="panel-head">
          <h2>{t("heads")}</h2>
          <span className="spring" />
          <Button href={ledger.exported} download icon={<DownloadIcon size={14} />}>{t("export")}</Button>
        </div>
        {heads.isPending ? <Loading rows={4} /> : !heads.data ? <Failed error={heads.error} retry={() => void heads.refetch()} />
          : <Days heads={heads.data.pages.flatMap((page) => page.items)} today={today} picked={filter.day ?? ""} pick={(day) => by({ day: day === filter.day ? "" : day })} />}
        {heads.hasNextPage && <div className="more"><Button onClick={() => void heads.fetchNextPage()} loading={heads.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
      <section className="panel" data-testid="ledger-rows">
        <div className="panel-head ledger-filters">
          <h2>{filter.day ? t("rows_of", { day: filter.day }) : t("rows_all")}</h2>
          <span className="spring" />
          {filter.day && <Button onClick={() => by({ day: "" })}>{t("all_days")}</Button>}
          <select className="plain-select" aria-label={t("kind")} value={filter.kind ?? ""} onChange={(event) => by({ kind: event.target.value })}>
            <option value="">{t("all_kinds")}</option>
            {KINDS.map((one) => <option key={one} value={one}>{t(`kind_${one}`)}</option>)}
          </select>
          <Input.Search
            key={filter.about ?? ""} className="search" allowClear maxLength={100} defaultValue={filter.about ?? ""} placeholder={t("about_hint")} aria-label={t("about")}
            onSearch={(about) => by({ about: about.trim() })}
          />
          <Button onClick={() => void Promise.all([rows.refetch(), heads.refetch()])} loading={rows.isRefetching}>{t("refresh")}</Button>
        </div>
        {rows.isPending ? <Loading rows={8} /> : !rows.data ? <Failed error={rows.error} retry={() => void rows.refetch()} />
          : <Rows rows={rows.data.pages.flatMap((page) => page.items)} only={(about) => by({ about })} look={setLooking} />}
        {rows.hasNextPage && <div className="more"><Button onClick={() => void rows.fetchNextPage()} loading={rows.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
      <section className="panel ledger-verify" data-testid="ledger-verify">
        <h2>{t("verify")}</h2>
        <p>{t("verify_run")}</p>
        <code className="mono">kaibo verify ledger --data kaibo-data</code>
        <p>{t("verify_kept")}</p>
        <code className="mono">kaibo verify ledger --data kaibo-data --heads ledger-heads.jsonl</code>
        <p>{t("verify_pack")}</p>
        <code className="mono">tools/verify_evidence.py evidence-42.json ledger-heads.jsonl</code>
        <p className="quiet">{t("people")}</p>
      </section>
      {looking && <Details row={looking} close={() => setLooking(null)} />}
    </div>
  )
}

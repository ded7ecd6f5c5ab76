// Entries of a show by verdict, and in a drawer everything that was seen of one.
import { useInfiniteQuery } from "@tanstack/react-query"
import { Button, Drawer, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { AuditedEntry, Broadcast } from "../../api/types"
import { Masked } from "../../shell/Masked"
import { useLanguage, type Language } from "../../ui/appearance"
import { DataTable } from "../../ui/DataTable"
import { count, DASH, span, timeOfDay } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { useWord } from "./words"

interface Props {
  show: Broadcast
  verdict: string
  choose: (verdict: string) => void
  live: boolean
}

export function Entries({ show, verdict, choose, live }: Props) {
  const { t } = useTranslation("audience")
  const word = useWord()
  const language = useLanguage()
  const [open, setOpen] = useState<AuditedEntry | null>(null)
  const pages = useInfiniteQuery({
    queryKey: ["audience", show.id, "entries", verdict],
    queryFn: ({ pageParam }) => api.audienceEntries(show.id, { limit: 100, ...(verdict === "all" ? {} : { verdict }), ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    refetchInterval: live ? 10_000 : false,
  })
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="panel" data-testid="entries">
      <div className="panel-head">
        <h2>{t("list")}</h2>
        <Masked />
        <span className="spring" />
        <Segmented
          size="small" value={verdict} onChange={choose} aria-label={t("verdict")}
          options={[{ value: "bot", label: t("filter_bot") }, { value: "unknown", label: t("filter_unknown") }, { value: "all", label: t("filter_all") }]}
        />
      </div>
      {pages.isPending && <Loading rows={4} />}
      {pages.error && <Failed error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && (
        <DataTable
          label={t("list")} rows={rows} rowKey={(row) => row.entry_id} empty={t("none")} minWidth={1000}
          columns={[
            { key: "verdict", title: t("verdict"), width: 156, cell: (row) => <><i className={`verdict-dot v-${row.verdict}`} aria-hidden="true" />{word("verdict", row.verdict)}</> },
            { key: "viewer", title: t("viewer_short"), width: 130, cell: (row) => <span className="mono" title={row.viewer_id}>{row.viewer_id.slice(0, 12)}</span> },
            { key: "came", title: t("came"), width: 92, sort: (row) => row.evidence.first_at, cell: (row) => <span className="num">{timeOfDay(row.evidence.first_at)}</span> },
            { key: "stayed", title: t("stayed"), width: 92, align: "right", sort: stay, cell: (row) => <span className="num">{span(stay(row) / 1000, language)}</span> },
            { key: "watch", title: t("watch"), width: 108, align: "right", sort: (row) => row.evidence.credited_ms, cell: (row) => <span className="num">{span(row.evidence.credited_ms / 1000, language)}</span> },
            { key: "client", title: t("client"), width: 132, cell: (row) => row.evidence.agent ? word("agent", row.evidence.agent) : DASH },
            { key: "reasons", title: t("reasons"), cell: (row) => <Why entry={row} /> },
            { key: "more", title: t("evidence"), width: 92, align: "right", cell: (row) => <Button size="small" type="link" onClick={() => setOpen(row)}>{t("open_evidence")}</Button> },
          ]}
        />
      )}
      {pages.hasNextPage && <div className="more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t("more")}</Button></div>}
      <Drawer open={open !== null} onClose={() => setOpen(null)} title={t("evidence")} size={440}>
        {open && <Evidence entry={open} language={language} />}
      </Drawer>
    </section>
  )
}

function stay(entry: AuditedEntry): number {
  return Math.max(0, entry.evidence.last_at - entry.evidence.first_at)
}

function Why({ entry }: { entry: AuditedEntry }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  const words = entry.reasons.map((code) => word("r", code))
  if (!entry.entered) words.push(t("not_entered"))
  return <span title={words.join("; ")}>{words.length > 0 ? words.join(" · ") : DASH}</span>
}

function Evidence({ entry, language }: { entry: AuditedEntry; language: Language }) {
  const { t } = useTranslation("audience")
  const word = useWord()
  const e = entry.evidence
  const time = (ms: number) => span(ms / 1000, language)
  const facts: [string, string][] = [
    ["playlists", count(e.playlists)],
    ["fetches", count(e.fetches)],
    ["media", time(e.media_ms)],
    ["served", time(e.served_ms)],
    ["rewound", time(e.rewound_ms)],
    ["bytes", count(e.bytes)],
    ["beats", count(e.beats)],
    ["positions", count(e.positions)],
    ["hidden", count(e.hidden)],
    ["claimed", time(e.claimed_ms)],
    ["credited", time(e.credited_ms)],
    ["repeats", count(e.repeats)],
    ["still", count(e.still)],
    ["outside", count(e.outside)],
    ["impossible", count(e.impossible)],
    ["jitter", e.jitter_ms == null ? DASH : `${count(e.jitter_ms)} ms`],
    ["lockstep", count(e.lockstep)],
    ["rush", count(e.rush)],
    ["cluster", count(e.cluster)],
    ["brief", count(e.brief)],
    ["socket", `${count(e.sockets)} · ${time(e.socket_ms)}`],
    ["addresses", count(e.addresses)],
    ["agent", e.agent ? word("agent", e.agent) : DASH],
    ["cdn", count(e.cdn_segments)],
  ]
  return (
    <div className="stack">
      <div><i className={`verdict-dot v-${entry.verdict}`} aria-hidden="true" /><b>{word("verdict", entry.verdict)}</b>{entry.present && <span className="quiet"> · {t("present")}</span>}</div>
      {entry.reasons.length > 0 && <ul className="audit-reasons">{entry.reasons.map((code) => <li key={code}>{word("r", code)}</li>)}</ul>}
      <dl className="facts">
        <dt>{t("viewer")}</dt><dd className="mono">{entry.viewer_id}</dd>
        <dt>{t("entry")}</dt><dd className="mono">{entry.entry_id}</dd>
        <dt>{t("came")}</dt><dd className="num">{timeOfDay(e.first_at)} · {t("stayed")} {time(stay(entry))}</dd>
        {facts.map(([key, value]) => <Fact key={key} name={word("f", key)} value={value} />)}
      </dl>
      <p className="quiet">{t("pseudonym_hint")}</p>
    </div>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return <><dt>{name}</dt><dd className="num">{value}</dd></>
}

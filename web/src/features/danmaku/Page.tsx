// Danmaku of all rooms and shows, searched. What is looked for stands in the address.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Button, Input } from "antd"
import { lazy, Suspense, useState } from "react"
import { useTranslation } from "react-i18next"
import { api, Problem } from "../../api/client"
import { clock, dateTime } from "../../ui/format"
import { SearchIcon } from "../../ui/icons"
import { Masked, useMasked } from "../../shell/Masked"
import { Failed, Loading, Message } from "../../ui/States"
import { danmaku, parts, placeOf, searchOf, type Hit, type Search } from "./danmaku"
import "./danmaku.css"

const MODES = ["1", "4", "5"] as const
const REFUSALS = ["query_too_long", "query_too_many_words"] as const

const Replay = lazy(() => import("./Replay"))

interface Address {
  replay?: string
  at?: number
}

export default function Page() {
  const { replay, at }: Address = useSearch({ strict: false })
  if (replay === undefined) return <SearchPage />
  return <Suspense fallback={<Loading rows={10} />}><Replay broadcast={replay} at_ms={Number(at) || 0} /></Suspense>
}

function SearchPage() {
  const { t } = useTranslation("danmaku")
  const search = searchOf(useSearch({ strict: false }))
  const navigate = useNavigate()
  const choose = (next: Search) => {
    const told = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""))
    void navigate({ to: "/danmaku", search: told })
  }
  return (
    <>
      <div className="page-head"><h1>{t("title")}</h1><Masked /></div>
      <div className="stack">
        <Form key={`${search.q ?? ""}|${search.viewer ?? ""}`} search={search} choose={choose} />
        <Results search={search} choose={choose} />
      </div>
    </>
  )
}

interface Props {
  search: Search
  choose: (search: Search) => void
}

function Form({ search, choose }: Props) {
  const { t } = useTranslation("danmaku")
  const [q, setQ] = useState(search.q ?? "")
  const [viewer, setViewer] = useState(search.viewer ?? "")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const shows = useQuery({ queryKey: ["broadcasts", search.room], queryFn: () => api.broadcasts(search.room ?? ""), enabled: search.room !== undefined })
  const change = (next: Search) => choose({ ...search, q, viewer, ...next })
  return (
    <form className="panel hit-form" role="search" onSubmit={(event) => { event.preventDefault(); change({}) }}>
      <div className="hit-query">
        <Input value={q} onChange={(event) => setQ(event.target.value)} prefix={<SearchIcon size={15} />} allowClear maxLength={200} aria-label={t("query")} placeholder={t("query_hint")} />
        <Button type="primary" htmlType="submit">{t("find")}</Button>
      </div>
      <div className="hit-filters">
        <select className="plain-select" aria-label={t("room")} value={search.room ?? ""} onChange={(event) => change({ room: event.target.value, broadcast: "" })}>
          <option value="">{t("all_rooms")}</option>
          {rooms.data?.items.map((room) => <option key={room.id} value={room.id}>{room.title}</option>)}
        </select>
        {search.room !== undefined && (
          <select className="plain-select" aria-label={t("show")} value={search.broadcast ?? ""} onChange={(event) => change({ broadcast: event.target.value })}>
            <option value="">{t("all_shows")}</option>
            {shows.data?.items.map((show) => <option key={show.id} value={show.id}>{dateTime(show.started_at)}</option>)}
          </select>
        )}
        <select className="plain-select" aria-label={t("mode")} value={search.mode ?? ""} onChange={(event) => change({ mode: event.target.value })}>
          <option value="">{t("all_modes")}</option>
          {MODES.map((mode) => <option key={mode} value={mode}>{t(`mode_${mode}`)}</option>)}
        </select>
        <Input className="hit-viewer" value={viewer} onChange={(event) => setViewer(event.target.value)} aria-label={t("viewer")} placeholder={t("viewer")} />
        {(["from", "to"] as const).map((key) => (
          <label key={key}>{t(key)}<input type="datetime-local" value={search[key] ?? ""} onChange={(event) => change({ [key]: event.target.value })} /></label>
        ))}
        {Object.keys(search).length > 0 && <Button type="link" onClick={() => choose({})}>{t("clear")}</Button>}
      </div>
    </form>
  )
}

function Results({ search, choose }: Props) {
  const { t } = useTranslation("danmaku")
  const pages = useInfiniteQuery({
    queryKey: ["danmaku-search", search], queryFn: ({ pageParam }) => danmaku.search(search, pageParam),
    initialPageParam: "", getNextPageParam: (page) => page.next,
    retry: (times, error) => times < 2 && !(error instanceof Problem && error.status === 400),
  })
  if (pages.isPending) return <Loading rows={8} />
  const refused = REFUSALS.find((code) => pages.error instanceof Problem && pages.error.code === code)
  if (refused) return <div className="panel"><Message title={t(refused)} /></div>
  if (!pages.data) return <Failed error={pages.error} retry={() => void pages.refetch()} />
  const hits = pages.data.pages.flatMap((page) => page.items)
  const [first] = pages.data.pages
  return (
    <section className="panel" aria-label={t("results")} data-testid="hits">
      {first && first.words.length > 0 && <p className="hit-note">{t("split", { words: first.words.map((word) => `「${word}」`).join(" ") })}</p>}
      {first?.indexing && <p className="hit-note" role="status">{t("indexing")}</p>}
      {hits.length === 0 && <Message title={t("none")} hint={pages.hasNextPage ? t("none_yet") : t("none_hint")} />}
      <ol className="hits">
        {hits.map((hit) => <Found key={hit.position} hit={hit} only={() => choose({ ...search, viewer: hit.viewer })} />)}
      </ol>
      {pages.hasNextPage && <div className="more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t("more")}</Button></div>}
    </section>
  )
}

function Found({ hit, only }: { hit: Hit; only: () => void }) {
  const { t } = useTranslation("danmaku")
  const masked = useMasked()
  const place = placeOf(hit)
  return (
    <li className="hit">
      <span className="hit-text">
        {hit.nick && <b>{hit.nick}</b>}
        {parts(hit.text, hit.marks).map((part, at) => (part.found ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>))}
      </span>
      {place && <a href={place} target="_blank" rel="noreferrer">{t(place.includes("replay=") ? "open_replay" : "open_show")}</a>}
      <span className="hit-about">
        <span>{hit.room_title}</span>
        {hit.broadcast_title && <span>{hit.broadcast_title}</span>}
        <time className="num">{dateTime(hit.at)}</time>
        {hit.broadcast_id && <span className="num">{hit.before_air ? t("before_air") : clock(hit.offset_ms)}</span>}
        {masked ? <span className="mono">{hit.viewer}</span>
          : <button type="button" className="mono" title={t("only_viewer")} aria-label={`${t("only_viewer")} ${hit.viewer}`} onClick={only}>{hit.viewer.slice(0, 12)}</button>}
      </span>
    </li>
  )
}

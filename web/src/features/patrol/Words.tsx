// What was said in a show: the last lines, or those that hold a text. Text only: what an engine writes is never markup.
import { useInfiniteQuery } from "@tanstack/react-query"
import { Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { clock } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { pieces } from "./marks"
import { patrol, type Said } from "./patrol"

export function Words({ broadcast, last }: { broadcast: string; last: Said[] }) {
  const { t } = useTranslation("patrol")
  const [whole, setWhole] = useState(false)
  const [q, setQ] = useState("")
  return (
    <section className="panel" aria-label={t("said")} data-testid="words">
      <div className="panel-head">
        <h2>{t("said")}</h2>
        <span className="spring" />
        <Button size="small" aria-expanded={whole} onClick={() => { setWhole(!whole); setQ("") }}>{t("all_said")}</Button>
      </div>
      {whole && (
        <div className="spoken-find">
          <Input.Search aria-label={t("find_said")} placeholder={t("find_said")} maxLength={100} allowClear onSearch={(text) => setQ(text.trim())} />
        </div>
      )}
      {whole ? <Whole key={`${broadcast} ${q}`} broadcast={broadcast} q={q} />
        : last.length === 0 ? <p className="quiet large-none">{t("no_words")}</p> : <Lines lines={last} />}
    </section>
  )
}

function Whole({ broadcast, q }: { broadcast: string; q: string }) {
  const { t } = useTranslation("patrol")
  const pages = useInfiniteQuery({
    queryKey: ["patrol", "transcript", broadcast, q],
    queryFn: ({ pageParam }) => patrol.transcript(broadcast, q, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  if (pages.isPending) return <Loading rows={3} />
  if (!pages.data) return <Failed error={pages.error} retry={() => void pages.refetch()} />
  const lines = pages.data.pages.flatMap((page) => page.items)
  if (lines.length === 0) return <p className="quiet large-none">{q === "" ? t("no_words") : t("none_said")}</p>
  return (
    <>
      <Lines lines={lines} />
      {pages.hasNextPage && <div className="library-more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t("show_more")}</Button></div>}
    </>
  )
}

function Lines({ lines }: { lines: Said[] }) {
  const { t } = useTranslation("patrol")
  return (
    <ol className="spoken" tabIndex={0} aria-label={t("said")}>
      {lines.map((line) => (
        <li key={line.id}>
          <span className="num quiet">{clock(line.from_ms)}</span>
          <span>{pieces(line.text, line.marks).map((piece, at) => piece.mark
            ? <mark key={at} className={`of-${piece.mark.level}`} title={piece.mark.word}>{piece.text}</mark> : piece.text)}</span>
        </li>
      ))}
    </ol>
  )
}

// The show's danmaku as they arrive, searchable, with their offset into the show; and the exports.
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useVirtualizer } from "@tanstack/react-virtual"
import { Button, Input } from "antd"
import { useDeferredValue, useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { api, DANMAKU_FORMATS } from "../../api/client"
import type { Broadcast, DanmakuItem } from "../../api/types"
import { clock, count, dateTime } from "../../ui/format"
import { DownloadIcon, PlayIcon, SearchIcon } from "../../ui/icons"
import { Failed, Loading } from "../../ui/States"
import { useDanmakuTail } from "./danmakuTail"

const MOST_FOUND = 1000

export function DanmakuPanel({ show }: { show: Broadcast }) {
  const { t } = useTranslation("analytics")
  const [typed, setTyped] = useState("")
  const q = useDeferredValue(typed.trim())
  const live = show.state !== "ended"
  const tail = useDanmakuTail(show.id, live)
  const found = useQuery({
    queryKey: ["danmaku", show.id, q],
    queryFn: () => api.danmaku(show.id, { q, limit: MOST_FOUND }),
    enabled: q !== "",
    refetchInterval: live ? 5000 : false,
    placeholderData: (old) => old,
  })
  const searching = q !== ""
  const items = searching ? (found.data?.items ?? []) : tail.items
  const error = searching ? found.error : tail.error
  const ready = searching ? found.data !== undefined : tail.ready
  const label = !ready ? "" : searching
    ? t(items.length >= MOST_FOUND ? "danmaku_more" : "danmaku_found", { n: count(items.length) })
    : t("danmaku_count", { n: count(tail.total) })

  return (
    <section className="panel danmaku" aria-label={t("danmaku")}>
      <div className="panel-head">
        <h2>{t("danmaku")}</h2>
        <span className="quiet num" data-testid="danmaku-total">{label}</span>
        <span className="spring" />
        <Link to="/danmaku" search={{ replay: show.id }} className="head-link"><PlayIcon size={13} /> {t("danmaku_replay")}</Link>
        <span className="exports">
          <span className="quiet"><DownloadIcon size={14} /> {t("export")}</span>
          {DANMAKU_FORMATS.map((format) => (
            <a key={format} href={api.danmakuFile(show.id, format)} download={`danmaku-${show.id}.${format}`} aria-label={`${t("export")} ${format.toUpperCase()}`}>{format.toUpperCase()}</a>
          ))}
        </span>
      </div>
      <Input
        className="danmaku-search" size="small" variant="filled" allowClear prefix={<SearchIcon size={14} />} placeholder={t("danmaku_search")} aria-label={t("danmaku_search")}
        value={typed} onChange={(event) => setTyped(event.target.value)}
      />
      {!ready && error ? <Failed error={error} /> : !ready ? <Loading rows={6} />
        : items.length === 0 ? <p className="danmaku-none quiet">{t(searching ? "danmaku_not_found" : "danmaku_none")}</p>
        : <List items={items} follow={!searching && live} />}
    </section>
  )
}

function List({ items, follow }: { items: readonly DanmakuItem[]; follow: boolean }) {
  const { t } = useTranslation("analytics")
  const box = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  // eslint-disable-next-line react-hooks/incompatible-library -- its result stays in this component
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => 26,
    getItemKey: (index) => items[index]?.position ?? index,
    overscan: 12,
  })
  const following = follow && atEnd
  const newest = items.at(-1)?.position
  useEffect(() => {
    if (following && items.length > 0) rows.scrollToIndex(items.length - 1, { align: "end" })
  }, [newest, following, items.length, rows])

  return (
    <div className="danmaku-box">
      <div
        ref={box} className="danmaku-list" tabIndex={0} role="log" aria-live="off" aria-label={t("danmaku")}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
          setAtEnd(scrollHeight - scrollTop - clientHeight < 60)
        }}
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((row) => {
            const item = items[row.index]
            return item && (
              <div key={row.key} ref={rows.measureElement} data-index={row.index} className="danmaku-row" style={{ transform: `translateY(${row.start}px)` }}>
                <time className="num" title={dateTime(item.at)}>{item.before_air ? t("before_air") : clock(item.offset_ms)}</time>
                <span>{item.nick && <b>{item.nick}</b>}{item.text}</span>
              </div>
            )
          })}
        </div>
      </div>
      {follow && !atEnd && <Button size="small" className="danmaku-follow" onClick={() => setAtEnd(true)}>{t("danmaku_follow")} ↓</Button>}
    </div>
  )
}

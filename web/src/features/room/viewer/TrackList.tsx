// What was said at the moment shown. A time leads back to it.
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import { clock } from "../../../ui/format"
import type { ViewerSession } from "./session"
import type { DanmakuTrack } from "./track"

const NONE: Pick<DanmakuTrack, "lines" | "onLines"> = { lines: [], onLines: () => () => undefined }

export function TrackList({ session, started_at }: { session: ViewerSession; started_at: number | null }) {
  const { t } = useTranslation("viewer")
  const track = session.track ?? NONE
  const lines = useSyncExternalStore(track.onLines, () => track.lines)
  const list = useRef<HTMLOListElement>(null)
  const [following, setFollowing] = useState(true)

  useLayoutEffect(() => {
    if (following && list.current) list.current.scrollTop = list.current.scrollHeight
  }, [lines, following])
  useEffect(() => {
    const element = list.current
    if (!element) return
    const observer = new ResizeObserver(() => { if (following) element.scrollTop = element.scrollHeight })
    observer.observe(element)
    return () => observer.disconnect()
  }, [following])

  return (
    <div className="lines-box">
      <ol
        ref={list} className="lines" tabIndex={0} aria-label={t("chat")} data-testid="track"
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
          setFollowing(scrollHeight - scrollTop - clientHeight < 40)
        }}
      >
        {lines.length === 0 && <li className="nothing">{t("track_empty")}</li>}
        {lines.map((line) => (
          <li key={line.key} className="line timed">
            <button type="button" className="at num" title={t("jump_to", { at: clock(line.offset_ms) })} onClick={() => { if (started_at !== null) session.seek(started_at + line.offset_ms) }}>
              {clock(line.offset_ms)}
            </button>
            <span>{line.nick != null && <span className="nick">{line.nick}</span>}<span className="text">{line.text}</span></span>
          </li>
        ))}
      </ol>
    </div>
  )
}

// What was said at the moment shown. A time leads back to it.
import { useSyncExternalStore } from "react"
import { useTranslation } from "react-i18next"
import { clock } from "../../../ui/format"
import { useFollowing } from "./following"
import type { ViewerSession } from "./session"
import { NO_TRACK } from "./track"

export function TrackList({ session, started_at }: { session: ViewerSession; started_at: number | null }) {
  const { t } = useTranslation("viewer")
  const track = session.track ?? NO_TRACK
  const lines = useSyncExternalStore(track.onLines, () => track.lines)
  const { list, onScroll } = useFollowing(lines)

  return (
    <div className="lines-box">
      <ol
        ref={list} className="lines" tabIndex={0} aria-label={t("chat")} data-testid="track" onScroll={onScroll}
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

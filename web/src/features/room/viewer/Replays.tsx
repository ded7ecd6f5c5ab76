// The room's earlier shows. Plain links: another show is another page.
import { useTranslation } from "react-i18next"
import { clock, dateTime } from "../../../ui/format"
import { PlayIcon } from "../../../ui/icons"
import type { View } from "./session"

export function Replays({ view }: { view: View }) {
  const { t } = useTranslation("viewer")
  const current = view.replay !== null && view.replay !== "missing" ? view.replay.broadcast_id : null
  return (
    <div className="lines-box">
      <ol className="lines replays" aria-label={t("replays")}>
        {view.replays.map((replay) => (
          <li key={replay.broadcast_id}>
            <a href={`?replay=${encodeURIComponent(replay.broadcast_id)}`} aria-current={replay.broadcast_id === current || undefined}>
              <span className="replay-icon"><PlayIcon size={15} /></span>
              <span className="replay-title">{replay.title}</span>
              <span className="replay-about num">{dateTime(replay.started_at)} · {clock(replay.duration_ms)}</span>
            </a>
          </li>
        ))}
      </ol>
    </div>
  )
}

// Who else is on air while this room is not. Plain links: another room is another page.
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { ask } from "../../../api/client"
import type { components } from "../../../api/schema"
import { useLanguage } from "../../../ui/appearance"
import { short } from "../../../ui/format"
import { UserIcon } from "../../../ui/icons"

const MOST = 6
const AGAIN_MS = 30_000

type Shows = components["schemas"]["PublicShows"]

export default function Others({ room }: { room: string }) {
  const { t } = useTranslation("viewer")
  const language = useLanguage()
  const [shows, setShows] = useState<Shows["items"]>([])
  useEffect(() => {
    let gone = false
    const read = () => ask<Shows>("GET", `/api/public/shows?beside=${encodeURIComponent(room)}&limit=${MOST}`).then(
      (told) => { if (!gone) setShows(told.items) },
      // What was on air before may be still.
      () => undefined,
    )
    void read()
    const timer = setInterval(() => void read(), AGAIN_MS)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [room])
  if (shows.length === 0) return null
  return (
    <nav className="others" aria-label={t("others")} data-testid="others">
      <h2>{t("others")}</h2>
      <ul>
        {shows.map((show) => (
          <li key={show.room_id}>
            <a href={`/r/${encodeURIComponent(show.room_id)}`}>
              <span className="others-title">{show.title}</span>
              <span className="num"><UserIcon size={13} /> {short(show.viewers, language)}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

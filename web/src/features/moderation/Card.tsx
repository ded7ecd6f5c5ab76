// What waits, large: its words with the hits marked, why, by whom, where and when.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { useNow } from "../../ui/Ago"
import { clock, dateTime } from "../../ui/format"
import { useMasked } from "../../shell/Masked"
import { may, useMe } from "../../shell/session"
import { Impose } from "./sanctions/Impose"
import "./sanctions/sanctions.css"
import { Moment } from "./Moment"
import { Notes } from "./Notes"
import { moderation, momentOf, type Item } from "./moderation"
import { Reported } from "./Reported"
import { hitsOf, Marked, Reasons, useClauseName } from "./Reasons"

/** How many of a viewer's earlier ones are told. */
const EARLIER = 8

export function Card({ item, picked, film, filmed }: { item: Item; picked: boolean; film: boolean; filmed: () => void }) {
  const { t } = useTranslation("moderation")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const room = rooms.data?.items.find((one) => one.id === item.room)
  const moment = momentOf(item, room)
  const nick = item.nick ?? ""
  const { t: sanction } = useTranslation("sanctions")
  const me = useMe()
  const [imposing, setImposing] = useState(false)
  const imposes = me.data !== undefined && may(me.data, "sanction.impose")
  return (
    <article className={picked ? "panel card picked" : "panel card"} data-testid="card" data-position={item.position} aria-label={t("card")}>
      <p className="card-text"><Marked text={item.text} hits={hitsOf(item, "text")} /></p>
      {nick !== "" && <p className="card-nick"><Marked text={nick} hits={hitsOf(item, "nick")} /></p>}
      <Waits item={item} />
      {item.tier > 1 && (
        <p className="card-asked" data-testid="asked">
          <b>{t(item.tier === 2 ? "tier_2" : "tier_3")}</b>{item.escalated_by && <span>{t("asked_by", { name: item.escalated_by })}</span>}<q>{item.escalated_why}</q>
        </p>
      )}
      <Notes notes={item.tier > 1 && item.notes.at(-1)?.with === "question" ? item.notes.slice(0, -1) : item.notes} />
      <Reasons hits={[...hitsOf(item, "text"), ...hitsOf(item, "nick")]} score={item.score ?? null} />
      <p className="card-about quiet">
        <span>{room?.title ?? item.room}</span>
        <time className="num">{dateTime(item.at_ms)}</time>
        <span>{t(item.mode === "before_review" ? "mode_before_review" : "mode_after_review")}</span>
        {imposes && <button type="button" onClick={() => setImposing(true)}>{sanction("impose")}</button>}
        {item.broadcast && <button type="button" aria-pressed={film} onClick={filmed}>{t("film")} <kbd>V</kbd></button>}
        {moment !== null && <a href={moment} target="_blank" rel="noreferrer">{t("see_moment")}</a>}
      </p>
      {film && item.broadcast && <Moment key={item.position} room={item.room} broadcast={item.broadcast} live={room?.live === true && room.broadcast_id === item.broadcast} at_ms={item.at_ms} />}
      {item.reports > 0 && <Reported item={item} />}
      <Earlier item={item} />
      {imposing && <Impose position={item.position} text={item.text} clause={item.reasons.find((one) => one.category !== "")?.category ?? "own"} close={() => setImposing(false)} />}
    </article>
  )
}

export function Waits({ item }: { item: Item }) {
  const { t } = useTranslation("moderation")
  const left = item.due_at_ms - useNow()
  return <span className={left < 0 ? "waits late num" : "waits num"} data-testid="waits">{left < 0 ? t("late_by", { time: clock(-left) }) : t("left", { time: clock(left) })}</span>
}

function Earlier({ item }: { item: Item }) {
  const { t } = useTranslation("moderation")
  const named = useClauseName()
  const masked = useMasked()
  // A masked pseudonym finds nobody.
  const earlier = useQuery({ queryKey: ["review-viewer", item.viewer], queryFn: () => moderation.items({ viewer: item.viewer, limit: EARLIER + 1 }), enabled: !masked, staleTime: 10_000 })
  const others = earlier.data?.items.filter((one) => one.position !== item.position).slice(0, EARLIER) ?? []
  return (
    <section className="earlier" aria-label={t("earlier")}>
      <h2>{t("earlier")} <span className="mono quiet">{item.viewer.slice(0, 12)}</span></h2>
      {others.length === 0 ? <p className="quiet">{masked ? t("earlier_masked") : t("earlier_none")}</p> : (
        <ul>
          {others.map((one) => (
            <li key={one.position}>
              <span className={`level ${one.verdict}`}>{t(`level_${one.verdict}`)}</span>
              <span>{one.text}</span>
              {one.outcome && <span className="quiet">{one.outcome === "pass" ? t("passed") : named(one.clause ?? "")}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

// How a host stands 我的信用: the real name, the rooms' scores, exams and retraining.
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { useLanguage } from "../../ui/appearance"
import { dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { BAND_TONES, HOST_TONES } from "./Hosts"
import { standing, type Mine as Own } from "./standing"
import "./standing.css"

export default function Mine() {
  const { t } = useTranslation("standing")
  const mine = useQuery({ queryKey: ["my-standing"], queryFn: standing.mine, refetchInterval: 60_000 })
  // Who hosts nothing reads of exams in the handbook.
  if (!mine.data?.host) return null
  const { host, exams, retraining_open, retraining_overdue } = mine.data
  return (
    <section className="panel standing-mine" aria-label={t("mine")} data-testid="my-standing">
      <h2>{t("mine")}</h2>
      <MyHost host={host} />
      {exams.length > 0 && <MyExams exams={exams} />}
      {retraining_open > 0 && <p className={retraining_overdue > 0 ? "standing-late" : ""}>{t("mine_retraining", { n: String(retraining_open), overdue: String(retraining_overdue) })}</p>}
      {exams.length > 0 && <p><Link to="/handbook" search={{ tab: "exams" }}>{t("mine_exams_go")}</Link></p>}
    </section>
  )
}

function MyHost({ host }: { host: NonNullable<Own["host"]> }) {
  const { t } = useTranslation("standing")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  return (
    <>
      <p><b>{host.name}</b> <Pill tone={HOST_TONES[host.state]}>{t(`state_${host.state}`)}</Pill>{host.state === "verified" && host.expires_at_ms !== null && <span className="quiet"> {t("expires")} {dateTime(host.expires_at_ms)}</span>}</p>
      <p className="standing-figure"><strong className="num">{host.score}</strong><Pill tone={BAND_TONES[host.band]}>{t(`band_${host.band}`)}</Pill><span className="quiet">{t("formula")}</span></p>
      <ul className="standing-own">
        {host.rooms.map((room) => (
          <li key={room.room_id}>{rooms.data?.items.find((one) => one.id === room.room_id)?.title ?? room.room_id} <b className="num">{room.score}</b> <Pill tone={BAND_TONES[room.band]}>{t(`band_${room.band}`)}</Pill></li>
        ))}
      </ul>
    </>
  )
}

function MyExams({ exams }: { exams: Own["exams"] }) {
  const { t } = useTranslation("standing")
  const language = useLanguage()
  return (
    <ul className="standing-own">
      {exams.map((one) => (
        <li key={one.code}>
          {language === "en" && one.title_en !== "" ? one.title_en : one.title_zh} <Pill tone={one.passed ? "quiet" : one.required ? "live" : "warn"}>{t(one.passed ? "exam_passed" : "exam_open")}</Pill>
          {one.passed && one.valid_until_ms !== null && <span className="quiet"> {t("expires")} {dateTime(one.valid_until_ms)}</span>}
        </li>
      ))}
    </ul>
  )
}

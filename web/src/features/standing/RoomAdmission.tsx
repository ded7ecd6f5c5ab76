// What hinders a room's next show, and what to do about it. Says nothing where nothing is in the way, unless asked to.
import { useQuery } from "@tanstack/react-query"
import { Alert } from "antd"
import { useTranslation } from "react-i18next"
import { dateTime } from "../../ui/format"
import { isWorded, standing } from "./standing"
import "./standing.css"

interface Props {
  room: string
  /** Also where nothing is in the way. */
  always?: boolean
  /** Only where no show may start. */
  refusedOnly?: boolean
}

export function RoomAdmission({ room, always = false, refusedOnly = false }: Props) {
  const { t } = useTranslation("standing")
  const admission = useQuery({ queryKey: ["admission", room], queryFn: () => standing.roomAdmission(room), refetchInterval: 5_000 })
  if (!admission.data) return null
  const { now, last } = admission.data
  if (now.outcome === "admitted" && !always) return null
  if (now.outcome !== "refused" && refusedOnly) return null
  const type = now.outcome === "refused" ? "error" : now.outcome === "told" ? "warning" : "success"
  return (
    <section aria-label={t("admission_now")} data-testid="admission" data-outcome={now.outcome}>
      <Alert
        type={type} showIcon title={`${t("admission_now")}: ${t(`outcome_${now.outcome}`)}`}
        description={(
          <>
            {now.outcome === "refused" && last?.outcome === "refused" && <p>{t("last_refused", { time: dateTime(last.at_ms) })}</p>}
            <ul className="standing-obstacles">
              {now.obstacles.map((one) => (
                <li key={one.code + one.detail}>
                  <strong>{isWorded(one.code) ? t(`obstacle_${one.code}`) : one.code}{one.detail === "" ? "" : ` · ${one.detail}`}</strong>
                  {one.action === "refuse" && now.outcome === "refused" && ` (${t("action_refuse")})`}
                  {isWorded(one.code) && <span> {t(`todo_${one.code}`)}</span>}
                </li>
              ))}
            </ul>
            {now.unanswered.length > 0 && <p>{t("slow", { names: now.unanswered.join(", ") })}</p>}
          </>
        )}
      />
    </section>
  )
}

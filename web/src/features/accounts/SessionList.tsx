// Where somebody is signed in: device, address, last use.
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { Ago } from "../../ui/Ago"
import { dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { deviceOf } from "./device"
import type { Session } from "./staff"

export function SessionList({ sessions, end }: { sessions: Session[]; end?: (session: Session) => void }) {
  const { t } = useTranslation("accounts")
  if (sessions.length === 0) return <p className="quiet session-none">{t("session_none")}</p>
  return (
    <ul className="session-list" aria-label={t("sessions")}>
      {sessions.map((session) => (
        <li key={session.id}>
          <div className="account-cell">
            <span className="strong" title={session.device}>{deviceOf(session.device) ?? t("device_unknown")} {session.current && <Pill tone="quiet">{t("session_current")}</Pill>}</span>
            <span className="quiet"><span className="mono">{session.from_ip}</span> · {t("signed_in_at", { time: dateTime(session.created_at_ms) })}</span>
            <span className="quiet">{t("last_used")} <Ago at={session.last_used_at_ms ?? session.created_at_ms} /></span>
          </div>
          {end && !session.current && <Button size="small" onClick={() => end(session)} aria-label={`${t("session_end")} ${deviceOf(session.device) ?? ""}`}>{t("session_end")}</Button>}
        </li>
      ))}
    </ul>
  )
}

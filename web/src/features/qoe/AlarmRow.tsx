// One alarm: what, since when, how bad, and who took note.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Button } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Alarm } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Ago } from "../../ui/Ago"
import { useLanguage } from "../../ui/appearance"
import { dateTime, span } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { alarmValue, kindOf, sourceOf } from "./words"

export function AlarmRow({ alarm, room }: { alarm: Alarm; room?: string | undefined }) {
  const { t } = useTranslation("qoe")
  const language = useLanguage()
  const queries = useQueryClient()
  const me = useMe()
  const note = useMutation({ mutationFn: () => api.acknowledge(alarm.id), onSuccess: () => queries.invalidateQueries({ queryKey: ["alarms"] }) })
  const over = alarm.cleared_at != null
  const where = [room, sourceOf(t, alarm.source)].filter(Boolean).join(" · ")
  return (
    <li className={over ? "alarm over" : "alarm"} data-kind={alarm.kind}>
      <Pill tone={over ? "quiet" : "live"}>{kindOf(t, alarm.kind)}</Pill>
      <div className="alarm-what">
        {where && <span className="strong">{where} </span>}
        <span className="num">{alarmValue(t, alarm)}</span>
        {alarm.kind === "relay_failed" && <>{" "}<Link className="alarm-link" to="/relays" search={{ room: alarm.room_id }}>{t("show_relays")}</Link></>}
      </div>
      <div className="alarm-when quiet num">
        <span title={dateTime(alarm.raised_at)}><Ago at={alarm.raised_at} /></span>
        {" · "}{over ? `${t("lasted")} ${span(((alarm.cleared_at ?? 0) - alarm.raised_at) / 1000, language)}` : t("going_on")}
      </div>
      <div className="alarm-note">
        {alarm.acknowledged_by ? <span className="quiet">{t("acknowledged", { who: alarm.acknowledged_by })}</span>
          : !over && me.data && may(me.data, "stream.manage") && <Button size="small" loading={note.isPending} onClick={() => note.mutate()}>{t("acknowledge")}</Button>}
      </div>
    </li>
  )
}

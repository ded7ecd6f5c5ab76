// The alarms of a room, those going on first.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { Failed, Loading, Message } from "../../ui/States"
import { AlarmRow } from "./AlarmRow"

export function AlarmsTab({ room }: { room: string }) {
  const { t } = useTranslation("qoe")
  const alarms = useQuery({ queryKey: ["alarms", room], queryFn: () => api.alarms({ room, limit: 200 }), refetchInterval: 5000 })
  if (alarms.isPending) return <Loading rows={6} />
  if (!alarms.data) return <Failed error={alarms.error} retry={() => void alarms.refetch()} />
  if (alarms.data.length === 0) return <Message title={t("alarms_none")} />
  const sorted = [...alarms.data].sort((a, b) => Number(a.cleared_at != null) - Number(b.cleared_at != null))
  return <ul className="panel alarm-list" data-testid="alarms">{sorted.map((alarm) => <AlarmRow key={alarm.id} alarm={alarm} />)}</ul>
}

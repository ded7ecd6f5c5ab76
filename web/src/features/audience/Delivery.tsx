// Whether a room's media goes through a CDN. It changes how watch time is credited, so only who manages rooms may say it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Switch, Tooltip } from "antd"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { may, useMe } from "../../shell/session"

export function Delivery({ room }: { room: string }) {
  const { t } = useTranslation("audience")
  const me = useMe()
  const queries = useQueryClient()
  const delivery = useQuery({ queryKey: ["delivery", room], queryFn: () => api.delivery(room) })
  const change = useMutation({
    mutationFn: (cdn: boolean) => api.setDelivery(room, { cdn }),
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ["delivery", room] }), queries.invalidateQueries({ queryKey: ["audience"] })]),
  })
  if (!delivery.data) return null
  const manages = me.data !== undefined && may(me.data, "room.manage")
  return (
    <Tooltip title={change.error ? `${t("cdn_switch_failed")}: ${change.error.message}` : t("cdn_notice_hint")}>
      <label className="inline-switch">
        <Switch size="small" checked={delivery.data.cdn} disabled={!manages} loading={change.isPending} onChange={(cdn) => change.mutate(cdn)} aria-label={t("cdn_switch")} />
        {t("cdn_switch")}
      </label>
    </Tooltip>
  )
}

// Whether a room's media goes through a CDN. It changes how watch time is credited and who is suspected from now on, so only
// who manages rooms may say it, and is asked again.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Popconfirm, Switch, Tooltip } from "antd"
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
  const next = !delivery.data.cdn
  return (
    <Tooltip title={change.error ? `${t("cdn_switch_failed")}: ${change.error.message}` : t("cdn_notice_hint")}>
      <label className="inline-switch">
        <Popconfirm
          title={t(next ? "cdn_on" : "cdn_off")} description={<p className="delivery-hint">{t(next ? "cdn_on_hint" : "cdn_off_hint")}</p>}
          okText={t("cdn_confirm")} cancelText={t("cdn_cancel")} disabled={!manages} onConfirm={() => change.mutateAsync(next).catch(() => undefined)}
        >
          <Switch size="small" checked={delivery.data.cdn} disabled={!manages} loading={change.isPending} aria-label={t("cdn_switch")} />
        </Popconfirm>
        {t("cdn_switch")}
      </label>
    </Tooltip>
  )
}

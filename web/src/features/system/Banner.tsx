// Above every page while something is wrong with Kaibo itself and nobody took note; once somebody has, the badge alone says it.
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useTranslation } from "react-i18next"
import { PulseIcon } from "../../ui/icons"
import { open } from "./system"
import { nameOf } from "./words"
import "./system.css"

export function Badge() {
  const { t } = useTranslation("system")
  const alarms = useQuery(open)
  const n = alarms.data?.items.length ?? 0
  if (n === 0) return null
  const said = t("badge", { n: String(n) })
  return <Link to="/system" className="system-badge num" aria-label={said} title={said}><PulseIcon size={14} /> {n}</Link>
}

export function Banner() {
  const { t } = useTranslation("system")
  const alarms = useQuery(open)
  const fresh = (alarms.data?.items ?? []).filter((alarm) => alarm.acknowledged_at == null)
  const newest = fresh[0]
  if (!newest) return null
  const name = nameOf(t, newest.kind)
  const what = fresh.length === 1 ? name : t("banner_more", { what: name, n: String(fresh.length) })
  return (
    <div className="system-banner" role="alert">
      <span>{t("banner", { what })}</span>
      <Link to="/system">{t("show")}</Link>
    </div>
  )
}

// Alarms about Kaibo itself 系统告警: what is wrong now, what was, and from where on something is wrong.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented } from "antd"
import { useTranslation } from "react-i18next"
import { Alarms } from "./Alarms"
import { LimitList } from "./LimitList"
import "./system.css"

const TABS = ["alarms", "limits"] as const
type Tab = (typeof TABS)[number]

export default function Page() {
  const { t } = useTranslation("system")
  const search: { tab?: Tab } = useSearch({ strict: false })
  const navigate = useNavigate()
  const tab = search.tab === "limits" ? "limits" : "alarms"
  return (
    <>
      <div className="page-head">
        <h1>{t("system")}</h1>
        <span className="quiet">{t("intro")}</span>
        <span className="spring" />
        <Segmented
          aria-label={t("tab")} value={tab} options={TABS.map((value) => ({ value, label: t(value) }))}
          onChange={(tab) => void navigate({ to: "/system", search: tab === "alarms" ? {} : { tab } })}
        />
      </div>
      {tab === "alarms" ? <Alarms /> : <LimitList />}
    </>
  )
}

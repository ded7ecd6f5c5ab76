// Moderation 内容安全: the review desk 审核台, what was judged, and the lists of words. Which of them stands in the address.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented } from "antd"
import { useTranslation } from "react-i18next"
import { Masked } from "../../shell/Masked"
import { Desk } from "./Desk"
import { History } from "./History"
import { Lists } from "./Lists"
import "./moderation.css"

const TABS = ["desk", "items", "lists"] as const
type Tab = (typeof TABS)[number]

export default function Page() {
  const { t } = useTranslation("moderation")
  const search: { tab?: Tab; viewer?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const tab = TABS.find((one) => one === search.tab) ?? "desk"
  return (
    <>
      <div className="page-head">
        <h1>{t("title")}</h1>
        <Masked />
        <span className="spring" />
        <Segmented
          aria-label={t("part")} value={tab} options={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))}
          onChange={(tab) => void navigate({ to: "/moderation", search: tab === "desk" ? {} : { tab } })}
        />
      </div>
      {tab === "desk" ? <Desk /> : tab === "items" ? <History key={search.viewer ?? ""} viewer={search.viewer ?? ""} /> : <Lists />}
    </>
  )
}

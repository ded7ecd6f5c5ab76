// Moderation 内容安全: the review desk 审核台, what was judged, the lists of words, and the models. Which of them stands in the address.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented } from "antd"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { Masked } from "../../shell/Masked"
import { Loading } from "../../ui/States"
import { Desk } from "./Desk"
import { History } from "./History"
import { Lists } from "./Lists"
import "./moderation.css"

const Models = lazy(() => import("./models/Models"))

const TABS = ["desk", "items", "lists", "models"] as const
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
      {tab === "desk" ? <Desk /> : tab === "items" ? <History key={search.viewer ?? ""} viewer={search.viewer ?? ""} /> : tab === "lists" ? <Lists /> : <Suspense fallback={<Loading rows={6} />}><Models /></Suspense>}
    </>
  )
}

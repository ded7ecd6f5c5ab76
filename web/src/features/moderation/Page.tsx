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
import { may, useMe } from "../../shell/session"
import "./moderation.css"

const Appeals = lazy(() => import("./sanctions/Appeals"))
const Models = lazy(() => import("./models/Models"))
const Quality = lazy(() => import("./quality/Quality"))
const Sanctions = lazy(() => import("./sanctions/Sanctions"))

const TABS = ["desk", "items", "sanctions", "appeals", "lists", "models", "quality"] as const
type Tab = (typeof TABS)[number]

export default function Page() {
  const { t } = useTranslation("moderation")
  const search: { tab?: Tab; viewer?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const me = useMe()
  const open = TABS.filter((one) => one !== "appeals" || (me.data !== undefined && may(me.data, "appeal.decide")))
  const tab = open.find((one) => one === search.tab) ?? "desk"
  return (
    <>
      <div className="page-head">
        <h1>{t("title")}</h1>
        <Masked />
        <span className="spring" />
        <Segmented
          className="parts" aria-label={t("part")} value={tab} options={open.map((value) => ({ value, label: t(`tab_${value}`) }))}
          onChange={(tab) => void navigate({ to: "/moderation", search: tab === "desk" ? {} : { tab } })}
        />
      </div>
      <Suspense fallback={<Loading rows={6} />}>
        {tab === "desk" ? <Desk />
          : tab === "items" ? <History key={search.viewer ?? ""} viewer={search.viewer ?? ""} />
            : tab === "sanctions" ? <Sanctions />
              : tab === "appeals" ? <Appeals />
                : tab === "lists" ? <Lists />
                  : tab === "models" ? <Models />
                    : <Quality />}
      </Suspense>
    </>
  )
}

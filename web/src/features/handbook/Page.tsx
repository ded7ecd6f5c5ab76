// Compliance handbook 合规手册: reading, exams and retraining, policies, and for those who may the writing of it. The part stands in the address.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented } from "antd"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Loading } from "../../ui/States"
import { Read } from "./Read"
import "./handbook.css"

const Exams = lazy(() => import("./Exams"))
const Policies = lazy(() => import("./Policies"))
const Write = lazy(() => import("./Write"))
const Bank = lazy(() => import("./Bank"))
const Rules = lazy(() => import("./Rules"))
const Results = lazy(() => import("./Results"))

const NEEDS = { read: "handbook.read", exams: "handbook.read", policies: "handbook.read", write: "handbook.write", bank: "exam.manage", rules: "exam.manage", results: "exam.manage" } as const
type Tab = keyof typeof NEEDS
const TABS = Object.keys(NEEDS) as Tab[]

export default function Page() {
  const { t } = useTranslation("handbook")
  const search: { tab?: Tab } = useSearch({ strict: false })
  const navigate = useNavigate()
  const me = useMe()
  const open = TABS.filter((one) => me.data !== undefined && may(me.data, NEEDS[one]))
  const tab = open.find((one) => one === search.tab) ?? "read"
  return (
    <>
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="spring" />
        <Segmented
          className="parts" aria-label={t("part")} value={tab} options={open.map((value) => ({ value, label: t(`tab_${value}`) }))}
          onChange={(tab) => void navigate({ to: "/handbook", search: tab === "read" ? {} : { tab } })}
        />
      </div>
      <Suspense fallback={<Loading rows={6} />}>
        {tab === "read" ? <Read /> : tab === "exams" ? <Exams /> : tab === "policies" ? <Policies /> : tab === "write" ? <Write /> : tab === "bank" ? <Bank /> : tab === "rules" ? <Rules /> : <Results />}
      </Suspense>
    </>
  )
}

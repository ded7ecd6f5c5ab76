// The monitor wall 监看墙 and the violation library 违规库. Which of them, and which show is large, stands in the address.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented } from "antd"
import { lazy, Suspense } from "react"
import { useTranslation } from "react-i18next"
import { Loading } from "../../ui/States"
import { Large } from "./Large"
import { Wall } from "./Wall"
import "./patrol.css"

const Library = lazy(() => import("./Library"))

const TABS = ["wall", "library"] as const

export default function Page() {
  const { t } = useTranslation("patrol")
  const search: { tab?: string; room?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const tab = search.tab === "library" ? "library" : "wall"
  const open = (room?: string) => void navigate({ to: "/patrol", search: room === undefined ? {} : { room } })
  return (
    <>
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="spring" />
        <Segmented
          aria-label={t("part")} value={tab} options={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))}
          onChange={(tab) => void navigate({ to: "/patrol", search: tab === "wall" ? {} : { tab } })}
        />
      </div>
      <Suspense fallback={<Loading rows={6} />}>
        {tab === "library" ? <Library /> : search.room === undefined ? <Wall open={open} /> : <Large key={search.room} room={search.room} back={() => open()} />}
      </Suspense>
    </>
  )
}

// Staff 员工: people, the tree of regions and teams, and what is asked of them.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Segmented } from "antd"
import { useTranslation } from "react-i18next"
import { Failed, Loading } from "../../ui/States"
import { People } from "./People"
import { Security } from "./Security"
import { staff } from "./staff"
import { Teams } from "./Teams"
import "./accounts.css"

const TABS = ["people", "teams", "security"] as const
type Tab = (typeof TABS)[number]

export default function StaffPage() {
  const { t } = useTranslation("accounts")
  const search: { tab?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const tab = TABS.find((one) => one === search.tab) ?? "people"
  const tree = useQuery({ queryKey: ["teams"], queryFn: staff.tree })
  const roles = useQuery({ queryKey: ["roles"], queryFn: staff.roles })
  if (tree.isPending || roles.isPending) return <Loading rows={6} />
  if (!tree.data || !roles.data) return <Failed error={tree.error ?? roles.error} retry={() => { void tree.refetch(); void roles.refetch() }} />
  return (
    <>
      <div className="page-head">
        <h1>{t("staff")}</h1>
        <Segmented<Tab>
          aria-label={t("staff")} value={tab} options={TABS.map((one) => ({ value: one, label: t(`tab_${one}`) }))}
          onChange={(next) => void navigate({ to: "/staff", search: { tab: next } })}
        />
      </div>
      {tab === "people" && <People tree={tree.data} roles={roles.data} />}
      {tab === "teams" && <Teams tree={tree.data} />}
      {tab === "security" && <Security roles={roles.data} />}
    </>
  )
}

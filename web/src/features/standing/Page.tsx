// Standing 主体信用: hosts, scores of rooms, the blacklist and what keeps shows off air. What is open stands in the address.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Tabs } from "antd"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { AdmissionSettings } from "./AdmissionSettings"
import { Blacklist } from "./Blacklist"
import { HostDetail } from "./HostDetail"
import { Hosts } from "./Hosts"
import { RoomScore } from "./RoomScore"
import "./standing.css"

interface Search {
  tab?: string
  host?: string
  room?: string
}

export default function Page() {
  const { t } = useTranslation("standing")
  const me = useMe()
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const go = (to: Search) => void navigate({ to: "/standing", search: to })
  const lists = me.data !== undefined && may(me.data, "blacklist.manage")
  const tabs = ["hosts", "rooms", ...(lists ? ["blacklist"] as const : []), "admission"] as const
  const tab = tabs.find((one) => one === search.tab) ?? "hosts"
  return (
    <div className="stack">
      <div className="page-head"><h1>{t("title")}</h1></div>
      <Tabs activeKey={tab} onChange={(key) => go({ tab: key })} items={tabs.map((key) => ({ key, label: t(`tab_${key}`) }))} />
      {tab === "hosts" && (search.host === undefined
        ? <Hosts open={(host) => go({ tab: "hosts", host })} />
        : <HostDetail key={search.host} id={search.host} back={() => go({ tab: "hosts" })} />)}
      {tab === "rooms" && <RoomScore room={search.room} choose={(room) => go({ tab: "rooms", room })} />}
      {tab === "blacklist" && <Blacklist />}
      {tab === "admission" && <AdmissionSettings />}
    </div>
  )
}

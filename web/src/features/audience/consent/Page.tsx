// What viewers are asked 观众同意, how many agreed, and what each said.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { Failed, Loading } from "../../../ui/States"
import { Counts } from "./Counts"
import { consents } from "./settings"
import { SettingsForm } from "./SettingsForm"
import { Statements } from "./Statements"
import "./consent.css"

export default function Page() {
  const { t } = useTranslation("consent")
  const settings = useQuery({ queryKey: ["consent", "settings"], queryFn: consents.settings })
  if (settings.isPending) return <Loading rows={8} />
  if (!settings.data) return <Failed error={settings.error} retry={() => void settings.refetch()} />
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="quiet">{t("intro")}</span>
      </div>
      <SettingsForm key={JSON.stringify(settings.data)} settings={settings.data} />
      <Counts />
      <Statements />
    </div>
  )
}

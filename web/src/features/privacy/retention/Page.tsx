// Retention 保存期限: how long what is kept, what went, and what is held.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Failed, Loading } from "../../../ui/States"
import { ClassTable } from "./ClassTable"
import { Holds } from "./Holds"
import { KeepForm } from "./KeepForm"
import { retention, type Kept } from "./retention"
import { Runs } from "./Runs"
import "./retention.css"

export default function Page() {
  const { t } = useTranslation("retention")
  const classes = useQuery({ queryKey: ["retention", "classes"], queryFn: retention.classes })
  const [changing, setChanging] = useState<Kept | null>(null)
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <span className="quiet">{t("intro")}</span>
      </div>
      <section className="panel">
        <div className="panel-head"><h2>{t("classes")}</h2></div>
        {classes.isPending ? <Loading rows={4} /> : classes.data ? <ClassTable classes={classes.data} change={setChanging} /> : <Failed error={classes.error} retry={() => void classes.refetch()} />}
      </section>
      <Holds />
      <Runs />
      {changing && <KeepForm kept={changing} close={() => setChanging(null)} />}
    </div>
  )
}

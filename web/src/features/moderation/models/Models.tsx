// Learned models 模型: which versions there are and how good they are, which one decides, and from which probability on.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../../shell/session"
import { Confirm } from "../../../ui/Confirm"
import { DataTable } from "../../../ui/DataTable"
import { count, DASH, dateTime } from "../../../ui/format"
import { PlusIcon } from "../../../ui/icons"
import { Pill, type Tone } from "../../../ui/Pill"
import { Failed, Loading } from "../../../ui/States"
import { useClauseName } from "../Reasons"
import { Learn } from "./Learn"
import { ANY, bounded, FIGURES, models, type Version } from "./models"
import { useModelRefusal } from "./refusal"
import { RoomRules } from "./RoomRules"
import { RulesForm } from "./RulesForm"
import { SampleTable } from "./SampleTable"
import { Upload } from "./Upload"
import { VersionDetail } from "./VersionDetail"
import "./models.css"

type Deed = "shadow" | "force" | "roll_back" | "retire"

const TONES: Record<Version["state"], Tone> = { in_force: "live", shadow: "warn", made: "quiet", retired: "quiet" }

function deedsOf(version: Version): Deed[] {
  switch (version.state) {
    case "in_force": return ["roll_back", "retire"]
    case "shadow": return ["force", "retire"]
    default: return version.kept ? ["shadow", "force"] : []
  }
}

export default function Models() {
  const { t } = useTranslation("models")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModelRefusal()
  const named = useClauseName()
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "moderation.manage")
  const versions = useQuery({ queryKey: ["models"], queryFn: models.list, refetchInterval: 10_000 })
  const [opened, setOpened] = useState<string | null>(null)
  const [deed, setDeed] = useState<{ deed: Deed; version: Version } | null>(null)
  const [dialog, setDialog] = useState<"upload" | "learn" | null>(null)
  const changed = () => void queries.invalidateQueries({ queryKey: ["models"] })
  const does = async ({ deed, version }: { deed: Deed; version: Version }) => {
    if (deed === "shadow") await models.shadow(version.id)
    else if (deed === "force") await models.force(version.id)
    else if (deed === "retire") await models.retire(version.id, "")
    else await models.rollBack(version.id, "")
    changed()
  }
  const categoryOf = (code: string) => (code === ANY ? t("any") : named(code))
  const all = versions.data?.items ?? []
  const open = all.find((version) => version.id === opened)
  return (
    <div className="stack">
      <section className="panel" data-testid="models">
        <div className="panel-head">
          <h2>{t("versions")}</h2>
          <span className="quiet wide-only">{t("percent_note")}</span>
          <span className="spring" />
          {manages && <Button onClick={() => setDialog("learn")}>{t("learn")}</Button>}
          {manages && <Button type="primary" icon={<PlusIcon size={14} />} onClick={() => setDialog("upload")}>{t("upload")}</Button>}
        </div>
        {versions.isPending ? <Loading rows={4} /> : !versions.data ? <Failed error={versions.error} retry={() => void versions.refetch()} /> : (
          <DataTable<Version>
            label={t("versions")} rows={all} rowKey={(version) => version.id} empty={`${t("none")} ${t("none_hint")}`} minWidth={1790}
            columns={[
              { key: "number", title: t("number"), width: 72, sort: (version) => version.number, cell: (version) => <b className="num">{version.number}</b> },
              { key: "state", title: t("state"), width: 108, cell: (version) => <Pill tone={TONES[version.state]}>{t(`state_${version.state}`)}</Pill> },
              { key: "category", title: t("category"), width: 120, cell: (version) => categoryOf(version.category) },
              { key: "origin", title: t("origin"), width: 90, cell: (version) => t(`origin_${version.origin}`) },
              ...FIGURES.map((figure) => ({
                key: figure, title: t(figure), width: 164, align: "right" as const, sort: (version: Version) => version.measured?.all[figure] ?? -1,
                cell: (version: Version) => <span className="num">{version.measured ? bounded(version.measured.all[figure], version.measured.all.intervals[figure]) : DASH}</span>,
              })),
              { key: "asked", title: t("asked"), width: 92, align: "right", sort: (version) => version.asked.asked, cell: (version) => <span className="num">{count(version.asked.asked)}</span> },
              { key: "otherwise", title: t("otherwise"), width: 130, align: "right", cell: (version) => <span className="num">{version.state === "in_force" ? DASH : count(version.asked.otherwise)}</span> },
              { key: "made", title: t("made"), width: 164, cell: (version) => <span className="num">{dateTime(version.made_at_ms)}</span> },
              {
                key: "deeds", title: t("deeds"), width: 250, cell: (version) => (
                  <span className="row-actions">
                    <Button type="link" size="small" onClick={() => setOpened(version.id)}>{t("details")}</Button>
                    {manages && deedsOf(version).map((deed) => (
                      <Button key={deed} type="link" size="small" danger={deed === "retire" || deed === "roll_back"} onClick={() => setDeed({ deed, version })}>{t(deed)}</Button>
                    ))}
                  </span>
                ),
              },
            ]}
          />
        )}
      </section>
      {open && <VersionDetail key={open.id} version={open} inForce={all.find((one) => one.state === "in_force" && one.category === open.category)} manages={manages} changed={changed} close={() => setOpened(null)} />}
      <SampleTable />
      <RulesForm manages={manages} />
      <RoomRules manages={manages} />
      {dialog === "upload" && <Upload done={(version) => { changed(); void message.success(t("uploaded", { n: String(version.number) })) }} close={() => setDialog(null)} />}
      {dialog === "learn" && <Learn versions={all} done={(version) => { changed(); void message.success(t("learned", { n: String(version.number) })) }} close={() => setDialog(null)} />}
      {deed && (
        <Confirm
          title={t(`${deed.deed}_title`, { n: String(deed.version.number) })} hint={t(`${deed.deed}_hint`)} ok={t(deed.deed)} refusal={refusal} close={() => setDeed(null)}
          act={() => does(deed)}
        />
      )}
    </div>
  )
}

// The same figures by device, system, browser, version, region, node or rendition, beside those of another show.
import { useQuery } from "@tanstack/react-query"
import { Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, Dimension, QualityPart } from "../../api/types"
import { DataTable, type Column } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { FEW, PLAY_FIGURES, verdict } from "./targets"
import { figure, valueOf } from "./words"

const DIMENSIONS = ["device", "os", "browser", "version", "region", "node", "height"] as const

export function Breakdown({ show, against }: { show: Broadcast; against: string | undefined }) {
  const { t } = useTranslation("qoe")
  const [by, setBy] = useState<Dimension>("device")
  const parts = useQuery({
    queryKey: ["quality-by", show.id, by, against],
    queryFn: () => api.qualityBy(show.id, by, against),
    refetchInterval: show.state === "ended" ? false : 5_000,
  })
  const columns: Column<QualityPart>[] = [
    { key: "value", title: t(`dimension_${by}`), cell: (part) => <NameOf by={by} part={part} />, sort: (part) => part.value, width: 190 },
    { key: "plays", title: t("plays"), cell: (part) => <Beside now={count(part.plays)} before={against && count(part.against?.plays)} />, sort: (part) => part.plays, align: "right", width: 100 },
    ...PLAY_FIGURES.map((one): Column<QualityPart> => ({
      key: one.key, title: t(one.short), align: "right", sort: (part) => part[one.key] ?? -1,
      cell: (part) => (
        <Beside
          now={figure(part[one.key], one.unit)} before={against && figure(part.against?.[one.key], one.unit)}
          tone={part.plays < FEW ? "quiet" : (verdict(part[one.key], one.target) ?? "")}
        />
      ),
    })),
  ]
  return (
    <div className="stack">
      <div className="wide-choice">
        <Segmented aria-label={t("dimension")} value={by} onChange={setBy} options={DIMENSIONS.map((one) => ({ value: one, label: t(`dimension_${one}`) }))} />
        {against && <span className="quiet">{t("beside_hint")}</span>}
      </div>
      <section className="panel dense">
        {parts.isPending ? <Loading rows={5} />
          : !parts.data ? <Failed error={parts.error} retry={() => void parts.refetch()} />
          : <DataTable label={t("tab_by")} rows={parts.data} rowKey={(part) => part.value} columns={columns} empty={t("timeline_empty")} minWidth={1060} />}
      </section>
    </div>
  )
}

/** A value, and under it the other show's. */
function Beside({ now, before, tone = "" }: { now: string; before: string | undefined; tone?: string }) {
  return (
    <span className="num beside">
      <span className={tone}>{now}</span>
      {before && <span className="quiet">{before}</span>}
    </span>
  )
}

function NameOf({ by, part }: { by: Dimension; part: QualityPart }) {
  const { t } = useTranslation("qoe")
  return <span title={valueOf(t, by, part.value)}>{valueOf(t, by, part.value)}{part.plays < FEW && <span className="quiet few"> {t("few")}</span>}</span>
}

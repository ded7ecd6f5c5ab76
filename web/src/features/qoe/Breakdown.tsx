// The same figures by device, system, browser, version, region, node or rendition.
import { useQuery } from "@tanstack/react-query"
import { Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Broadcast, QualityPart } from "../../api/types"
import { DataTable, type Column } from "../../ui/DataTable"
import { count } from "../../ui/format"
import { Failed, Loading } from "../../ui/States"
import { FEW, FIGURES, verdict } from "./targets"
import { deviceOf, figure } from "./words"

const DIMENSIONS = ["device", "os", "browser", "version", "region", "node", "height"] as const
export type Dimension = (typeof DIMENSIONS)[number]

export function Breakdown({ show }: { show: Broadcast }) {
  const { t } = useTranslation("qoe")
  const [by, setBy] = useState<Dimension>("device")
  const parts = useQuery({
    queryKey: ["quality-by", show.id, by],
    queryFn: () => api.qualityBy(show.id, by),
    refetchInterval: show.state === "ended" ? false : 10_000,
  })
  const columns: Column<QualityPart>[] = [
    { key: "value", title: t(`dimension_${by}`), cell: (part) => <NameOf by={by} part={part} />, sort: (part) => part.value, width: 190 },
    { key: "plays", title: t("plays"), cell: (part) => <span className="num">{count(part.plays)}</span>, sort: (part) => part.plays, align: "right", width: 90 },
    ...FIGURES.map((one): Column<QualityPart> => ({
      key: one.key, title: t(one.name), align: "right", sort: (part) => part[one.key] ?? -1,
      cell: (part) => <span className={`num ${part.plays < FEW ? "quiet" : (verdict(part[one.key], one.target) ?? "")}`}>{figure(part[one.key], one.unit)}</span>,
    })),
  ]
  return (
    <div className="stack">
      <div className="wide-choice">
        <Segmented aria-label={t("dimension")} value={by} onChange={setBy} options={DIMENSIONS.map((one) => ({ value: one, label: t(`dimension_${one}`) }))} />
      </div>
      <section className="panel">
        {parts.isPending ? <Loading rows={5} />
          : !parts.data ? <Failed error={parts.error} retry={() => void parts.refetch()} />
          : <DataTable label={t("tab_by")} rows={parts.data} rowKey={(part) => part.value} columns={columns} empty={t("timeline_empty")} minWidth={1280} />}
      </section>
    </div>
  )
}

function NameOf({ by, part }: { by: Dimension; part: QualityPart }) {
  const { t } = useTranslation("qoe")
  const name = part.value === "" ? t("unknown") : by === "height" ? `${part.value}p` : by === "device" ? deviceOf(t, part.value) : part.value
  return <>{name}{part.plays < FEW && <span className="quiet few"> {t("few")}</span>}</>
}

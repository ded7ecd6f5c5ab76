// How far a room's shows reach, and what weighs on that.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { dateTime } from "../../../ui/format"
import { sanctions, type Reach as Told } from "./sanctions"
import "./sanctions.css"

const percent = (milli: number) => `${(milli / 10).toFixed(milli % 10 === 0 ? 0 : 1)}%`

export function Reach({ room }: { room: string }) {
  const { t } = useTranslation("sanctions")
  const reach = useQuery({ queryKey: ["reach", room], queryFn: () => sanctions.reach(room), refetchInterval: 10_000 })
  if (!reach.data) return null
  const { reach_milli, reasons } = reach.data
  const weighs = reasons.filter((one) => one.milli < 1_000)
  const why = (one: Told["reasons"][number]) => one.reason === "cut"
    ? t(one.until_ms == null ? "reach_cut_for_good" : "reach_cut", { at: dateTime(one.until_ms ?? 0) })
    : t("reach_score", { score: String(one.score ?? 100) })
  return (
    <section className="panel reach" aria-label={t("reach")} data-testid="reach" data-reach={reach_milli}>
      <strong className="num">{percent(reach_milli)}</strong>
      <div>
        <p>{t("reach")} <span className="quiet">{t("reach_hint")}</span></p>
        {weighs.length > 0 && <ul>{weighs.map((one) => <li key={one.reason}>{why(one)} <b className="num">× {percent(one.milli)}</b></li>)}</ul>}
      </div>
    </section>
  )
}

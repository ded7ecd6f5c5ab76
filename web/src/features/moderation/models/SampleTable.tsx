// What people found among what had passed 主动抽样.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { count, DASH } from "../../../ui/format"
import { bounded, models } from "./models"

export function SampleTable() {
  const { t } = useTranslation("models")
  const samples = useQuery({ queryKey: ["models", "samples"], queryFn: models.samples })
  if (!samples.data) return null
  const { random, near } = samples.data
  return (
    <section className="panel" data-testid="samples">
      <div className="panel-head"><h2>{t("samples")}</h2><span className="quiet wide-only">{t("samples_hint")}</span></div>
      <div className="table-box" tabIndex={0} role="region" aria-label={t("samples")}>
        <table className="table">
          <thead><tr><td />{(["samples_decided", "samples_rejected", "samples_share"] as const).map((title) => <th key={title} scope="col" className="right">{t(title)}</th>)}</tr></thead>
          <tbody>
            {([["samples_random", random], ["samples_near", near]] as const).map(([name, found]) => (
              <tr key={name}>
                <th scope="row">{t(name)}</th>
                <td className="right num">{count(found.decided)}</td>
                <td className="right num">{count(found.rejected)}</td>
                <td className="right num">{name === "samples_random" && found.decided > 0 ? bounded(found.rejected_share, found.interval) : DASH}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

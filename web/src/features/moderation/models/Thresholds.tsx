// From which probability on a model counts, by category.
import { Button, InputNumber } from "antd"
import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../Reasons"
import { ANY, type Threshold } from "./models"

interface Props {
  thresholds: Threshold[]
  manages: boolean
  change: (thresholds: Threshold[]) => void
  /** What none is laxer than. */
  most?: (category: string) => Threshold
  /** `any` may go too: it is no rule then. */
  anyMayGo?: boolean
}

export function Thresholds({ thresholds, manages, change, most, anyMayGo = false }: Props) {
  const { t } = useTranslation("models")
  const named = useClauseName()
  const clauses = useClauses()
  const own = new Set(thresholds.map((one) => one.category))
  const nameOf = (category: string) => (category === ANY ? t("any") : named(category))
  const begin = (category: string) => most?.(category) ?? { category, alarm_milli: 700, hold_milli: 900 }
  const open = [...(anyMayGo ? [ANY] : []), ...(clauses.data?.map(({ code }) => code) ?? [])].filter((code) => !own.has(code))
  return (
    <>
      <ul className="thresholds">
        {thresholds.map((one, at) => {
          const name = nameOf(one.category)
          const usual = most?.(one.category)
          const put = (part: Partial<Threshold>) => change(thresholds.map((old, nth) => (nth === at ? { ...old, ...part } : old)))
          return (
            <li key={one.category}>
              <b>{name}</b>
              <label>{t("alarm_from")}<InputNumber aria-label={`${name}: ${t("alarm_from")}`} min={1} max={usual?.alarm_milli ?? 1000} precision={0} disabled={!manages} value={one.alarm_milli} onChange={(value) => { if (value !== null) put({ alarm_milli: value }) }} /></label>
              <label>{t("hold_from")}<InputNumber aria-label={`${name}: ${t("hold_from")}`} min={1} max={usual?.hold_milli ?? 1000} precision={0} disabled={!manages} value={one.hold_milli} onChange={(value) => { if (value !== null) put({ hold_milli: value }) }} /></label>
              {usual && <span className="quiet num">{t("usual", { alarm: String(usual.alarm_milli), hold: String(usual.hold_milli) })}</span>}
              {manages && (anyMayGo || one.category !== ANY) && <Button type="link" size="small" danger aria-label={`${name}: ${t("remove")}`} onClick={() => change(thresholds.filter((_, nth) => nth !== at))}>{t("remove")}</Button>}
            </li>
          )
        })}
      </ul>
      {manages && (
        <select className="plain-select" aria-label={t("add_category")} value="" onChange={(event) => change([...thresholds, { ...begin(event.target.value), category: event.target.value }])}>
          <option value="" disabled>{t("add_category")}</option>
          {open.map((code) => <option key={code} value={code}>{nameOf(code)}</option>)}
        </select>
      )}
    </>
  )
}

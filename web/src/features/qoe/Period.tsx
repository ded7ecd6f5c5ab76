// The last days that a table speaks of.
import { Segmented } from "antd"
import { useTranslation } from "react-i18next"

const DAYS = [1, 7, 30, 90] as const

export function Period({ value, change }: { value: number; change: (days: number) => void }) {
  const { t } = useTranslation("qoe")
  return <Segmented<number> aria-label={t("period")} value={value} onChange={change} options={DAYS.map((one) => ({ value: one, label: one === 1 ? t("last_day") : t("days", { n: String(one) }) }))} />
}

import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../Reasons"
import { ANY } from "./models"

export function CategorySelect({ value, set }: { value: string; set: (category: string) => void }) {
  const { t } = useTranslation("models")
  const clauses = useClauses()
  const named = useClauseName()
  return (
    <select className="plain-select" aria-label={t("category")} value={value} onChange={(event) => set(event.target.value)}>
      <option value={ANY}>{t("any")}</option>
      {clauses.data?.map(({ code }) => <option key={code} value={code}>{named(code)}</option>)}
    </select>
  )
}

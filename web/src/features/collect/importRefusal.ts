import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../ui/refusal"
import { REFUSALS } from "./imports"

export function useImportRefusal(): Refusal {
  const { t } = useTranslation("imports")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

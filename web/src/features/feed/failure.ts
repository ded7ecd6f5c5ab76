// Why a delivery failed, in the reader's language.
import { useTranslation } from "react-i18next"
import { isFailure, type Delivery } from "./webhooks"

export function useFailure(): (delivery: Delivery) => string {
  const { t } = useTranslation("feed")
  return ({ failure = "", status }) => isFailure(failure) ? t(`failure_${failure}`, { status: String(status ?? "") }) : failure
}

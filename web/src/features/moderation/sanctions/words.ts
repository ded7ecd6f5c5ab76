// What a sanction is, in words.
import { useTranslation } from "react-i18next"
import { useRefusal, type Refusal } from "../../../ui/refusal"
import { lasts, type Step } from "./sanctions"

const REFUSALS = [
  "bad_clause", "bad_subject", "bad_length", "bad_why", "bad_reason", "why_needed", "already_sanctioned", "already_decided", "not_in_force", "own_sanction", "beyond_your_reach",
  "not_live",
] as const

export function useSanctionRefusal(): Refusal {
  const { t } = useTranslation("sanctions")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

/** How long, in the largest unit that fits. */
export function useLength(): (minutes: number | null) => string {
  const { t } = useTranslation("sanctions")
  return (minutes) => {
    if (minutes === null) return t("for_good")
    if (minutes % 1_440 === 0) return t("days", { n: String(minutes / 1_440) })
    return minutes % 60 === 0 ? t("hours", { n: String(minutes / 60) }) : t("minutes", { n: String(minutes) })
  }
}

export function useStep(): (step: Pick<Step, "kind" | "minutes">) => string {
  const { t } = useTranslation("sanctions")
  const length = useLength()
  return ({ kind, minutes }) => {
    return lasts(kind) ? `${t(`kind_${kind}`)} ${length(minutes ?? null)}` : t(`kind_${kind}`)
  }
}

// Words about findings, papers and refusals, in the reader's language.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../../ui/appearance"
import { useRefusal, type Refusal } from "../../../ui/refusal"
import { clearance, type Finding } from "./clearance"

const REFUSALS = [
  "stale", "not_draft", "not_submitted", "own_dossier", "not_clear", "not_noted", "not_needed", "was_cleared", "bad_title", "bad_time", "bad_section", "bad_item", "too_many", "too_long",
  "unknown_document", "bad_reason", "bad_kind", "bad_number", "bad_holder", "bad_authority", "bad_day", "bad_file", "other_file", "not_ready", "bad_login", "beyond_your_reach",
] as const

export function useClearanceRefusal(): Refusal {
  const { t } = useTranslation("clearance")
  return useRefusal(REFUSALS, (code) => t(`refused_${code}`))
}

export function useGoods() {
  return useQuery({ queryKey: ["goods"], queryFn: clearance.goods, staleTime: Infinity })
}

/** The name of a category of goods. */
export function useGoodsName(): (code: string) => string {
  const language = useLanguage()
  const goods = useGoods()
  return (code) => {
    const found = goods.data?.items.find((one) => one.code === code)
    return found ? (language === "en" ? found.en : found.zh) : code
  }
}

/** The name of a kind of paper. */
export function usePaperName(): (code: string) => string {
  const language = useLanguage()
  const goods = useGoods()
  return (code) => {
    const found = goods.data?.items.flatMap((one) => one.papers).find((one) => one.code === code)
    return found ? (language === "en" ? found.en : found.zh) : code
  }
}

/** A finding in words. */
export function useSaid(): (finding: Finding) => string {
  const { t } = useTranslation("clearance")
  const paper = usePaperName()
  return (one) => {
    switch (one.code) {
      case "word": return t("found_word", { word: one.word })
      case "exempt": return t("found_exempt", { word: one.word, why: one.exemption ? t(`exempt_${one.exemption}`) : "" })
      case "unsaid": return t("found_unsaid", { word: one.word })
      case "unknown_goods": return t("found_unknown_goods")
      case "banned": return t("found_banned")
      default: return t(`found_${one.code}`, { paper: paper(one.paper) })
    }
  }
}

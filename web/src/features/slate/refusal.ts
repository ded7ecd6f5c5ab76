// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal as useRefusalOf, type Refusal } from "../../ui/refusal"

const KNOWN = ["slate_format", "slate_unreadable", "slate_too_large", "slate_too_slow", "slate_missing", "ffmpeg_missing", "not_live", "bad_wait"] as const

export function useRefusal(): Refusal {
  const { t } = useTranslation("slate")
  return useRefusalOf(KNOWN, (code) => t(`refused_${code}`))
}

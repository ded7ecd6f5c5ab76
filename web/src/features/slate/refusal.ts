// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"

const KNOWN = ["slate_format", "slate_unreadable", "slate_too_large", "slate_too_slow", "slate_missing", "ffmpeg_missing", "not_live", "bad_wait"] as const

export function useRefusal(): (error: unknown) => string {
  const { t } = useTranslation("slate")
  return (error) => {
    const code = KNOWN.find((known) => error instanceof Problem && error.code === known)
    if (code) return t(`refused_${code}`)
    return error instanceof Error ? error.message : String(error)
  }
}

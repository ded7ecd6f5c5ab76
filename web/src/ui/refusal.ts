// Why the server did not do it, in the reader's language. The server's own words are for logs: they are English.
import type { TFunction } from "i18next"
import { useTranslation } from "react-i18next"
import { Problem } from "../api/client"

export type Refusal = (error: unknown) => string

/** A feature names the codes it has words for, and may read a figure out of the server's own words; all other codes are said by what kind of answer it was. */
export function useRefusal<const Code extends string = never>(known: readonly Code[] = [], say: (code: Code, detail: string) => string = String): Refusal {
  const { t } = useTranslation("ui")
  return (error) => {
    const code = known.find((one) => error instanceof Problem && error.code === one)
    return code === undefined ? inGeneral(error, t) : say(code, error instanceof Problem ? error.message : "")
  }
}

export function inGeneral(error: unknown, t: TFunction): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error)
  if (error.offline) return t("refused_offline")
  switch (error.status) {
    case 401: return t("refused_401")
    case 403: return t("refused_403")
    case 404: return t("refused_404")
    case 429: return t("refused_429")
    default: return t("refused_other", { code: error.code })
  }
}

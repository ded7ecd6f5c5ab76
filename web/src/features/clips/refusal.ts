// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { useRefusal as useRefusalOf, type Refusal } from "../../ui/refusal"
import { precise } from "./precise"

const KNOWN = [
  "not_recorded_yet", "not_recorded", "no_space", "clips_busy", "bad_range", "bad_title", "bad_rule", "still_recording", "held",
  "clip_not_found", "clip_gone", "broadcast_not_found", "room_not_found", "clip_crosses_break", "no_key_frame",
] as const

/** The moment a refusal speaks of, in ms from the beginning of the show. */
export function momentOf(detail: string): number | null {
  const found = /(\d+) ms/.exec(detail)
  return found ? Number(found[1]) : null
}

export function useRefusal(): Refusal {
  const { t } = useTranslation("clips")
  return useRefusalOf(KNOWN, (code, detail) => t(`refused_${code}`, { at: precise(momentOf(detail)) }))
}

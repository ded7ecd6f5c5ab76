// Why the server refused, in the reader's language.
import { useTranslation } from "react-i18next"
import { Problem } from "../../api/client"
import { precise } from "./precise"

const KNOWN = [
  "not_recorded_yet", "not_recorded", "no_space", "clips_busy", "bad_range", "bad_title", "bad_rule", "still_recording",
  "clip_not_found", "clip_gone", "broadcast_not_found", "room_not_found", "forbidden", "offline",
] as const
// These name a moment of the show.
const MOMENTS = ["clip_crosses_break", "no_key_frame"] as const

/** The moment a refusal speaks of, in ms from the beginning of the show. */
export function momentOf(detail: string): number | null {
  const found = /(\d+) ms/.exec(detail)
  return found ? Number(found[1]) : null
}

export function useRefusal(): (error: unknown) => string {
  const { t } = useTranslation("clips")
  return (error) => {
    if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error)
    const known = KNOWN.find((code) => error.code === code)
    if (known) return t(`refused_${known}`)
    const moment = MOMENTS.find((code) => error.code === code)
    return moment ? t(`refused_${moment}`, { at: precise(momentOf(error.message)) }) : error.message
  }
}

// Times of a cutting room: tenths matter.
import { clock, DASH } from "../../ui/format"

/** 1:02:03.4 */
export function precise(ms: number | null): string {
  if (ms === null) return DASH
  const tenths = Math.floor(Math.abs(ms) / 100)
  return `${clock((ms < 0 ? -1 : 1) * Math.floor(tenths / 10) * 1000)}.${tenths % 10}`
}

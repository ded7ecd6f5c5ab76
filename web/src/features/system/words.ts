// How alarms and their numbers are written.
import type { TFunction } from "i18next"
import type { Language } from "../../ui/appearance"
import { count, DASH, span } from "../../ui/format"
import type { Limit, Unit } from "./system"

export const KINDS = [
  "audit_broken", "audit_unwritten", "backup_old", "clock_jumped", "database_away", "disk_low", "events_lost", "follower_behind",
  "inodes_low", "ledger_broken", "log_failing", "log_slow", "outbox_behind", "webhook_behind", "webhook_dead",
] as const
export type Kind = (typeof KINDS)[number]

const known = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind)

/** A newer server may know more than this page. */
export function nameOf(t: TFunction<"system">, kind: string): string {
  return known(kind) ? t(`k_${kind}`) : kind
}

export function adviceOf(t: TFunction<"system">, kind: string): string {
  return known(kind) ? t(`do_${kind}`) : ""
}

export function amount(value: number | null | undefined, unit: Unit | null | undefined, language: Language): string {
  if (value === null || value === undefined) return DASH
  switch (unit) {
    case "bytes": return bytes(value)
    case "ms": return value < 10_000 ? `${count(value)} ms` : span(value / 1000, language)
    case "hours": return language === "zh-CN" ? `${count(value)} 小时` : `${count(value)} h`
    default: return count(value)
  }
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
  let at = 0
  let left = value
  while (left >= 1024 && at < units.length - 1) {
    left /= 1024
    at += 1
  }
  return `${at === 0 || left >= 100 ? String(Math.round(left)) : left.toFixed(1)} ${units[at] ?? ""}`
}

/** From where on it is wrong: `< 2.0 GiB`. Nothing for what is or is not. */
export function limitOf(limit: Limit, language: Language): string | null {
  if (limit.unit === "yes") return null
  return `${{ below: "<", above: ">", from: "≥" }[limit.bad]} ${amount(limit.limit, limit.unit, language)}`
}

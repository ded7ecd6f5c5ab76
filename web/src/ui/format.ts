// How numbers, durations and times are written. A missing value is always a dash, never 0.
import type { Language } from "./appearance"

export const DASH = "—"

export function count(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }).format(value)
}

/** Short form for narrow places: 12.3万 in Chinese, 123K in English. Exact below ten thousand. */
export function short(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH
  if (Math.abs(value) < 10_000) return count(value)
  if (language === "zh-CN") {
    return Math.abs(value) < 1e8 ? `${trim(value / 1e4)}万` : `${trim(value / 1e8)}亿`
  }
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 }).format(value)
}

function trim(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: value < 100 ? 1 : 0, useGrouping: true }).format(value)
}

export function percent(fraction: number | null | undefined, digits = 1): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return DASH
  return `${(fraction * 100).toFixed(digits)}%`
}

/** 1:02:03 or 02:03. Negative durations keep their sign (danmaku before air). */
export function clock(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return DASH
  const sign = ms < 0 ? "-" : ""
  const seconds = Math.floor(Math.abs(ms) / 1000)
  const two = (part: number) => String(part).padStart(2, "0")
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${sign}${hours}:${rest}` : `${sign}${rest}`
}

/** A span as people say it: 3h 12m, 12m 05s, 42s. */
export function span(seconds: number | null | undefined, language: Language): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return DASH
  const zh = language === "zh-CN"
  const whole = Math.round(seconds)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  const s = whole % 60
  if (hours > 0) return zh ? `${count(hours)}时${String(minutes).padStart(2, "0")}分` : `${count(hours)}h ${String(minutes).padStart(2, "0")}m`
  if (minutes > 0) return zh ? `${minutes}分${String(s).padStart(2, "0")}秒` : `${minutes}m ${String(s).padStart(2, "0")}s`
  return zh ? `${s}秒` : `${s}s`
}

/** A metric's value by its unit, as the dictionary names units. */
export function byUnit(value: number | null | undefined, unit: string, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH
  switch (unit) {
    case "ratio":
    case "fraction":
      return percent(value)
    case "s":
    case "seconds":
      return span(value, language)
    case "ms":
      return Math.abs(value) >= 60_000 ? span(value / 1000, language) : `${count(value)} ms`
    case "milli_yuan":
    case "milli_cny":
    case "cny_milli":
      return yuan(value / 1000)
    case "fen":
    case "cny_fen":
      return yuan(value / 100)
    case "per_min":
    case "per_minute":
      return value < 100 ? value.toFixed(1) : count(value)
    default:
      return Number.isInteger(value) ? count(value) : new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 }).format(value)
  }
}

function yuan(value: number): string {
  return `¥${new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)}`
}

/** Relative change, null when there is nothing to compare with. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now == null || before == null || before === 0) return null
  return (now - before) / Math.abs(before)
}

export function signedPercent(fraction: number | null): string {
  if (fraction === null) return DASH
  const points = fraction * 100
  const digits = Math.abs(points) < 10 ? 1 : 0
  return `${points > 0 ? "+" : points < 0 ? "−" : ""}${Math.abs(points).toFixed(digits)}%`
}

const two = (part: number) => String(part).padStart(2, "0")

export function dateTime(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return DASH
  const at = new Date(ms)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

export function timeOfDay(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return DASH
  const at = new Date(ms)
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** Which `ago_*` text and its number fit an age. */
export function age(ms: number): { key: "ago_now" | "ago_s" | "ago_m" | "ago_h" | "ago_d"; n: number } {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 2) return { key: "ago_now", n: 0 }
  if (s < 60) return { key: "ago_s", n: s }
  if (s < 3600) return { key: "ago_m", n: Math.floor(s / 60) }
  if (s < 86_400) return { key: "ago_h", n: Math.floor(s / 3600) }
  return { key: "ago_d", n: Math.floor(s / 86_400) }
}

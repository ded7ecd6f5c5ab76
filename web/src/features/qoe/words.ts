// How figures and alarms are written.
import type { TFunction } from "i18next"
import type { Alarm, Broadcast, Dimension } from "../../api/types"
import { clock, count, DASH, dateTime, percent } from "../../ui/format"

export function figure(value: number | null | undefined, unit: "ratio" | "ms"): string {
  if (value == null) return DASH
  return unit === "ratio" ? percent(value) : millis(value)
}

export function millis(ms: number | null | undefined): string {
  if (ms == null) return DASH
  return Math.abs(ms) < 10_000 ? `${count(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** A show by when it was. */
export function showLabel(show: Broadcast, current: string): string {
  return [dateTime(show.started_at), show.ended_at == null ? current : clock(show.ended_at - show.started_at)].join(" · ")
}

const KINDS = ["no_data", "low_fps", "av_skew", "stall_rate", "stall_high", "recording_failed", "relay_failed"] as const
const SOURCES = ["primary", "backup", "slate"] as const

export function kindOf(t: TFunction<"qoe">, kind: string): string {
  const known = KINDS.find((one) => one === kind)
  return known ? t(`alarm_${known}`) : kind
}

export function sourceOf(t: TFunction<"qoe">, source: string | null | undefined): string {
  const known = SOURCES.find((one) => one === source)
  return known ? t(`source_${known}`) : ""
}

export function alarmValue(t: TFunction<"qoe">, alarm: Alarm): string {
  const write = (value: number) => {
    switch (alarm.kind) {
      case "stall_rate": case "stall_high": return percent(value)
      case "relay_failed": return `${Math.round(value / 1000)} s`
      case "low_fps": return `${value.toFixed(1)} fps`
      default: return millis(value)
    }
  }
  if (alarm.kind === "recording_failed") return t("alarm_recording_failed_hint")
  return t("alarm_value", { value: write(alarm.value), limit: write(alarm.limit) })
}

const DEVICES = ["desktop", "mobile", "tablet", "tv", "other"] as const

export function deviceOf(t: TFunction<"qoe">, device: string): string {
  const known = DEVICES.find((one) => one === device)
  return known ? t(`device_${known}`) : device || t("unknown")
}

/** `tz:` marks a time zone, which stands for the region where nothing better is known. */
export function regionOf(t: TFunction<"qoe">, region: string): string {
  return region.startsWith("tz:") ? t("time_zone", { name: region.slice(3) }) : region || t("unknown")
}

/** A value of a dimension. */
export function valueOf(t: TFunction<"qoe">, by: Dimension, value: string): string {
  if (value === "") return t("unknown")
  if (value === "*") return t("others")
  switch (by) {
    case "height": return `${value}p`
    case "device": return deviceOf(t, value)
    case "region": return regionOf(t, value)
    default: return value
  }
}

/** With what somebody watches. */
export function about(t: TFunction<"qoe">, of: { device: string; os: string; browser: string }): string {
  return [deviceOf(t, of.device), of.os, of.browser].filter(Boolean).join(" · ")
}

/** Where somebody is, and who delivers if it is not this program. */
export function placeOf(t: TFunction<"qoe">, of: { region: string; node: string }): string {
  return [regionOf(t, of.region), of.node === "origin" ? "" : of.node].filter(Boolean).join(" / ")
}

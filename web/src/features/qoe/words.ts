// How figures and alarms are written.
import type { TFunction } from "i18next"
import type { Alarm } from "../../api/types"
import { count, DASH, percent } from "../../ui/format"

export function figure(value: number | null | undefined, unit: "ratio" | "ms"): string {
  if (value == null) return DASH
  return unit === "ratio" ? percent(value) : millis(value)
}

export function millis(ms: number | null | undefined): string {
  if (ms == null) return DASH
  return Math.abs(ms) < 10_000 ? `${count(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`
}

const KINDS = ["no_data", "low_fps", "av_skew", "stall_rate", "relay_failed"] as const
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
      case "stall_rate": return percent(value)
      case "relay_failed": return `${Math.round(value / 1000)} s`
      case "low_fps": return `${value.toFixed(1)} fps`
      default: return millis(value)
    }
  }
  return t("alarm_value", { value: write(alarm.value), limit: write(alarm.limit) })
}

const DEVICES = ["desktop", "mobile", "tablet", "tv", "other"] as const

export function deviceOf(t: TFunction<"qoe">, device: string): string {
  const known = DEVICES.find((one) => one === device)
  return known ? t(`device_${known}`) : device || t("unknown")
}

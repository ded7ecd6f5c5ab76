// Webhooks as the server tells them.
import { ask } from "../../api/client"
import type { Page } from "../../api/types"
import type { Tone } from "../../ui/Pill"

export interface Webhook {
  id: string
  name: string
  url: string
  all_teams: boolean
  /** Empty: every event. */
  events: string[]
  /** Personal data in what it hears are masked. */
  masked: boolean
  enabled: boolean
  disabled?: "gone" | "failing"
  failing_since_ms?: number
  delivered_at_ms?: number
  old_secret_until_ms?: number
  created_at_ms: number
  waiting: number
  dead: number
}

export interface MadeWebhook extends Webhook {
  secret: string
}

export type DeliveryState = "waiting" | "delivered" | "dead"

export interface Delivery {
  id: string
  event: string
  event_id: string
  state: DeliveryState
  attempts: number
  next_at_ms?: number
  status?: number
  failure?: string
  answer: string
  took_ms: number
  created_at_ms: number
  attempted_at_ms: number
}

export interface Fields {
  name: string
  url: string
  events: string[]
  /** Absent: as it is, or as its maker sees people. */
  masked?: boolean
}

const of = (webhook: string) => `/api/webhooks/${encodeURIComponent(webhook)}`
const query = (fields: Record<string, string | undefined>) => {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`
}

export const webhooks = {
  list: (after?: string) => ask<Page<Webhook>>("GET", `/api/webhooks${query({ after })}`),
  kinds: () => ask<{ name: string; without: string[] }[]>("GET", "/api/events/kinds"),
  create: (fields: Fields) => ask<MadeWebhook>("POST", "/api/webhooks", fields),
  change: (webhook: string, change: Partial<Fields> & { enabled?: boolean; skip_missed?: boolean }) => ask<Webhook>("PATCH", of(webhook), change),
  rotate: (webhook: string) => ask<MadeWebhook>("POST", `${of(webhook)}/secret`),
  remove: (webhook: string) => ask<undefined>("DELETE", of(webhook)),
  test: (webhook: string) => ask<Delivery>("POST", `${of(webhook)}/test`),
  deliveries: (webhook: string, state?: DeliveryState, after?: string) => ask<Page<Delivery>>("GET", `${of(webhook)}/deliveries${query({ state, after })}`),
  replay: (webhook: string, delivery: string) => ask<{ replayed: number }>("POST", `${of(webhook)}/deliveries/${encodeURIComponent(delivery)}/replay`),
  replayDead: (webhook: string) => ask<{ replayed: number }>("POST", `${of(webhook)}/replay`, { since_ms: 0 }),
}

export const TONES: Record<DeliveryState, Tone> = { waiting: "warn", delivered: "live", dead: "quiet" }

/** Failures the screen has words for; another is shown as the server says it. */
export const FAILURES = [
  "status", "gone", "redirect", "timeout", "no_connection", "no_answer", "unknown_host", "private_address", "tls", "event_gone",
] as const

export type Failure = (typeof FAILURES)[number]

export function isFailure(code: string): code is Failure {
  return (FAILURES as readonly string[]).includes(code)
}

/** What a webhook is doing, in the order in which it matters. */
export function stateOf(webhook: Webhook): "gone" | "given_up" | "off" | "failing" | "on" {
  if (!webhook.enabled) return webhook.disabled === "gone" ? "gone" : webhook.disabled === "failing" ? "given_up" : "off"
  return webhook.failing_since_ms === undefined ? "on" : "failing"
}

/** Tests never happened, so they are not sent again. */
export function mayReplay(delivery: Delivery): boolean {
  return delivery.event !== "WebhookTested" && delivery.state !== "waiting"
}

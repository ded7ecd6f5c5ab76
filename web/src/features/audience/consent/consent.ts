// What viewers are asked, as the server tells it, and what this browser remembers of the answers.
import { ask } from "../../../api/client"
import { texts } from "../../../ui/i18n"

export const PURPOSES = ["analytics", "personalisation", "marketing"] as const
export type Purpose = (typeof PURPOSES)[number]

export interface Asked {
  purpose: Purpose
  version: number
  text: { zh: string; en: string }
  /** Today's text has to be shown. */
  ask: boolean
  may: boolean
  given?: boolean
  said_at_ms?: number
}

export interface Consent {
  ask: boolean
  notice_url?: string
  purposes: Asked[]
}

export type Answers = Partial<Record<Purpose, boolean>>

const path = (room: string, token: string) => `/api/rooms/${encodeURIComponent(room)}/consent?token=${encodeURIComponent(token)}`

export const readConsent = (room: string, token: string) => ask<Consent>("GET", path(room, token))

export const sayConsent = (room: string, token: string, consent: Consent, answers: Answers) => {
  const said = consent.purposes.flatMap(({ purpose, version }) => {
    const given = answers[purpose]
    return given === undefined ? [] : [{ purpose, version, given }]
  })
  return ask<Consent>("PUT", path(room, token), { through: "room_page", answers: said })
}

/** Versions that were answered in this browser. It holds nothing that tells who answered, so it may outlive a no. */
export type Memory = Partial<Record<Purpose, { version: number; given: boolean }>>

/** A no of an earlier visit counts: whoever said it is nobody the server could know again. */
export function unanswered(consent: Consent, memory: Memory): Asked[] {
  return consent.purposes.filter(({ purpose, version, ask }) => {
    const before = memory[purpose]
    return ask && !(before?.version === version && !before.given)
  })
}

export function memoryOf(consent: Consent, memory: Memory): Memory {
  const after: Memory = {}
  for (const { purpose, version, ask, may } of consent.purposes) {
    const before = memory[purpose]
    if (!ask) after[purpose] = { version, given: may }
    else if (before && !before.given) after[purpose] = before
  }
  return after
}

/** Only who agreed to something is known again at the next visit. */
export function isRemembered(memory: Memory): boolean {
  return Object.values(memory).some(({ given }) => given)
}

const key = (room: string) => `kaibo.consent.${room}`

export function loadMemory(room: string): Memory {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(room)) ?? "{}")
    return typeof kept === "object" && kept !== null ? kept : {}
  } catch {
    return {}
  }
}

export function saveMemory(room: string, memory: Memory): void {
  try {
    localStorage.setItem(key(room), JSON.stringify(memory))
  } catch {
    // Storage is blocked: the question comes again.
  }
}

export const barTexts = texts(
  {
    title: "您的选择",
    lead: "观看不需要同意以下用途，随时可以改：",
    analytics: "统计分析",
    personalisation: "个性化推荐",
    marketing: "营销信息",
    more: "查看说明",
    less: "收起说明",
    notice: "隐私说明",
    accept: "同意",
    decline: "不同意",
    save: "保存所选",
    close: "关闭",
    failed: "没有保存成功，请再试一次",
  },
  {
    title: "Your choice",
    lead: "Watching needs none of these, and you can change your mind:",
    analytics: "analytics",
    personalisation: "recommendations",
    marketing: "marketing",
    more: "Read more",
    less: "Show less",
    notice: "Privacy notice",
    accept: "Accept",
    decline: "Decline",
    save: "Save choice",
    close: "Close",
    failed: "It was not saved. Please try again",
  },
)

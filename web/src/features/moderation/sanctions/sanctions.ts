// Sanctions, the ladder behind them and appeals, as the server tells them.
import { ask, query } from "../../../api/client"
import type { components } from "../../../api/schema"
import type { Page } from "../../../api/types"

type Schemas = components["schemas"]

export type Sanction = Schemas["SanctionBody"]
export type Appeal = Schemas["AppealBody"]
export type Step = Schemas["LadderStep"]
export type Proposal = Schemas["SanctionProposal"]
export type Reach = Schemas["RoomReach"]

export const KINDS = ["warn", "mute", "kick", "ban", "cut_traffic", "cut_stream"] as const
export type Kind = (typeof KINDS)[number]
export const STATES = ["active", "lifted", "reversed", "suspended", "expired"] as const
export const APPEALS = ["open", "upheld", "reversed"] as const

/** Lengths somebody may choose, in minutes; none: without end. */
export const LENGTHS = [10, 60, 1_440, 10_080, 43_200, null] as const

/** The same of a room that is cut from traffic; a day where nothing is said. */
export const CUT_LENGTHS = [60, 360, 1_440, 4_320, 10_080, 43_200] as const
export const CUT_MINUTES = 1_440

/** Whether it is so for a while. */
export const lasts = (kind: string): boolean => kind === "mute" || kind === "ban" || kind === "cut_traffic"

/** What is done to a room, and not to a viewer. */
export const ROOM_KINDS = ["cut_traffic", "cut_stream"] as const
export const isOfRoom = (kind: string): boolean => (ROOM_KINDS as readonly string[]).includes(kind)

export interface SanctionFilter {
  state?: string
  kind?: string
  clause?: string
  room?: string
  position?: number
}

export interface Impose {
  position?: number
  room?: string
  clause: string
  kind?: Kind
  minutes?: number
  everywhere?: boolean
  why?: string
}

const path = (id: string) => `/api/moderation/sanctions/${encodeURIComponent(id)}`

export const sanctions = {
  list: (filter: SanctionFilter, after?: string) => ask<Page<Sanction>>("GET", `/api/moderation/sanctions${query({ ...filter, after })}`),
  proposal: (position: number, clause: string) => ask<Proposal>("GET", `/api/moderation/sanctions/proposal${query({ position, clause })}`),
  impose: (wanted: Impose) => ask<Sanction>("POST", "/api/moderation/sanctions", wanted),
  lift: (id: string, why: string, mistaken: boolean) => ask<Sanction>("POST", `${path(id)}/lift`, { why, mistaken }),
  reach: (room: string) => ask<Reach>("GET", `/api/rooms/${encodeURIComponent(room)}/reach`),
  appeals: (state: string, after?: string) => ask<Page<Appeal>>("GET", `/api/moderation/appeals${query({ state, after })}`),
  decide: (id: string, outcome: "uphold" | "reverse", reason: string) =>
    ask<Appeal>("POST", `/api/moderation/appeals/${encodeURIComponent(id)}/decision`, { outcome, reason }),
}

/** The film that was cut out of the show. */
export const filmOf = (id: string) => `${path(id)}/evidence`

/** Where the recording shows what a sanction is about. */
export function evidenceOf(sanction: Pick<Sanction, "room" | "evidence" | "said_at_ms" | "at_ms">): string | null {
  if (!sanction.evidence) return null
  const at = (sanction.said_at_ms ?? sanction.at_ms) - 15_000
  return `/r/${sanction.room}?replay=${sanction.evidence.broadcast}&at=${at}`
}

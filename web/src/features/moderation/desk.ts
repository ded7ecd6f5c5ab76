// The desk's own state: what lies on it, which card is up, what is picked, and the verdicts that may still be taken back.

/** A verdict is sent this long after it was given. */
export const UNDO_MS = 3_000

/** Verdicts that were sent: the queue's last answer may still name them. */
const REMEMBERED = 200

export interface Verdict {
  id: number
  positions: number[]
  outcome: "pass" | "reject"
  clause: string | null
  /** For colleagues; empty: none. */
  note: string
  due: number
}

export interface Desk {
  order: number[]
  current: number | null
  picked: number[]
  outbox: Verdict[]
  sent: number[]
  given: number
  help: boolean
  /** Each card shows its moment. */
  film: boolean
  /** What will be left with the next verdict about what is up; null: nobody writes. */
  note: string | null
}

export const EMPTY: Desk = { order: [], current: null, picked: [], outbox: [], sent: [], given: 0, help: false, film: false, note: null }

export type Action =
  | { do: "brought"; positions: number[] }
  | { do: "move"; by: 1 | -1 }
  | { do: "open"; position: number }
  | { do: "pick"; position?: number }
  | { do: "pick_all"; positions: number[] }
  | { do: "decide"; outcome: "pass" | "reject"; clause: string | null; now: number }
  | { do: "undo" }
  | { do: "sent"; id: number }
  | { do: "failed"; id: number }
  | { do: "help"; open?: boolean }
  | { do: "film" }
  | { do: "note"; text?: string | null }

export function step(desk: Desk, action: Action): Desk {
  const next = after(desk, action)
  // Nobody finds what was written about one card with another.
  return next.current === desk.current || next.note === null || action.do === "undo" ? next : { ...next, note: null }
}

function after(desk: Desk, action: Action): Desk {
  switch (action.do) {
    case "brought": return bring(desk, action.positions)
    case "move": {
      if (desk.current === null) return desk
      const at = desk.order.indexOf(desk.current) + action.by
      return { ...desk, current: desk.order[Math.max(0, Math.min(desk.order.length - 1, at))] ?? null }
    }
    case "open": return { ...desk, current: action.position }
    case "pick": {
      const position = action.position ?? desk.current
      if (position === null) return desk
      return { ...desk, picked: desk.picked.includes(position) ? desk.picked.filter((one) => one !== position) : [...desk.picked, position] }
    }
    case "pick_all": return { ...desk, picked: action.positions }
    case "decide": return decide(desk, action.outcome, action.clause, action.now)
    case "undo": {
      const last = desk.outbox.at(-1)
      if (!last) return desk
      return { ...desk, order: [...last.positions, ...desk.order], current: last.positions[0] ?? null, outbox: desk.outbox.slice(0, -1), note: last.note === "" ? null : last.note }
    }
    case "sent": {
      const verdict = desk.outbox.find((one) => one.id === action.id)
      if (!verdict) return desk
      return { ...desk, outbox: desk.outbox.filter((one) => one !== verdict), sent: [...desk.sent, ...verdict.positions].slice(-REMEMBERED) }
    }
    // The queue brings them again.
    case "failed": return { ...desk, outbox: desk.outbox.filter((one) => one.id !== action.id) }
    case "help": return { ...desk, help: action.open ?? !desk.help }
    case "film": return { ...desk, film: !desk.film }
    case "note": return desk.help ? desk : { ...desk, note: action.text === undefined ? desk.note ?? "" : action.text }
  }
}

// What lies there stays where it is, so that no card moves under a finger.
function bring(desk: Desk, positions: number[]): Desk {
  const away = new Set([...desk.sent, ...desk.outbox.flatMap((one) => one.positions)])
  const there = positions.filter((one) => !away.has(one))
  const kept = desk.order.filter((one) => there.includes(one))
  const order = [...kept, ...there.filter((one) => !kept.includes(one))]
  return { ...desk, order, current: nearest(desk, order), picked: desk.picked.filter((one) => order.includes(one)) }
}

function decide(desk: Desk, outcome: Verdict["outcome"], clause: string | null, now: number): Desk {
  const positions = desk.picked.length > 0 ? desk.picked : desk.current === null ? [] : [desk.current]
  if (positions.length === 0 || desk.help) return desk
  const order = desk.order.filter((one) => !positions.includes(one))
  const verdict = { id: desk.given, positions, outcome, clause, note: desk.note?.trim() ?? "", due: now + UNDO_MS }
  return { ...desk, note: null, order, current: nearest(desk, order), picked: [], outbox: [...desk.outbox, verdict], given: desk.given + 1 }
}

// The card that is up, or the one that was behind it.
function nearest(desk: Desk, order: number[]): number | null {
  if (desk.current === null) return order[0] ?? null
  const behind = desk.order.slice(desk.order.indexOf(desk.current))
  return behind.find((one) => order.includes(one)) ?? order.at(-1) ?? null
}

/** Keys of rules, as they stand in a row on the keyboard. */
const RULE_KEYS = "1234567890-=["

/** What a key does. */
export function keyed(key: string, clauses: readonly { code: string }[], now: number): Action | null {
  switch (key.toLowerCase()) {
    case " ": case "p": return { do: "decide", outcome: "pass", clause: null, now }
    case "u": case "z": return { do: "undo" }
    case "j": case "arrowdown": return { do: "move", by: 1 }
    case "k": case "arrowup": return { do: "move", by: -1 }
    case "x": return { do: "pick" }
    case "v": return { do: "film" }
    case "n": return { do: "note" }
    case "?": return { do: "help" }
    case "escape": return { do: "help", open: false }
  }
  const clause = key.length === 1 && RULE_KEYS.includes(key) ? clauses[RULE_KEYS.indexOf(key)] : undefined
  return clause ? { do: "decide", outcome: "reject", clause: clause.code, now } : null
}

export function keyOf(at: number): string | null {
  return RULE_KEYS[at] ?? null
}

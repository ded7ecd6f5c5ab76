// Whether one may go live, by the last checks of encoder and device. Pure.
import type { Check, CheckLevel } from "../../api/types"

/** What was checked longer ago says nothing about today. */
const FRESH_MS = 24 * 3600 * 1000

export type Standing = CheckLevel | "none" | "old"

export function standing(check: Pick<Check, "finished_at" | "result"> | undefined, now: number): Standing {
  if (check?.finished_at == null || check.result == null) return "none"
  return now - check.finished_at > FRESH_MS ? "old" : check.result
}

/** The headline. The encoder decides: with it one goes live, and a device that was not checked may not be the one that films. */
export type Verdict = "live" | "ready" | "look" | "unchecked" | "device_fails" | "fails" | "first"

export function verdictOf(live: boolean, encoder: Standing, device: Standing): Verdict {
  if (live) return "live"
  if (encoder === "none" || encoder === "old") return "first"
  if (encoder === "fail") return "fails"
  if (device === "fail") return "device_fails"
  if (encoder === "unchecked") return "unchecked"
  // What the device check left out, the encoder may send: then it is worth a look.
  return encoder === "warn" || device === "warn" || device === "unchecked" ? "look" : "ready"
}

/** Nothing that the encoder sends stands against it. */
export function mayGo(verdict: Verdict): boolean {
  return verdict !== "fails" && verdict !== "first"
}

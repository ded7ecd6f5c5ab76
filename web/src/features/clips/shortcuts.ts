// The keys of a cutting room. Pure.

export type Command =
  | { do: "in" | "out" | "to_in" | "to_out" | "toggle" | "pause" | "faster" | "cut" | "zoom_in" | "zoom_out" }
  | { do: "step"; frames: number }
  | { do: "skip"; ms: number }

export interface Key {
  key: string
  shift: boolean
  /** Ctrl, Alt or Meta: the browser's own. */
  other: boolean
}

const PLAIN: Record<string, Command> = {
  i: { do: "in" }, o: { do: "out" }, "[": { do: "to_in" }, "]": { do: "to_out" },
  " ": { do: "toggle" }, j: { do: "skip", ms: -5000 }, k: { do: "pause" }, l: { do: "faster" },
  arrowleft: { do: "step", frames: -1 }, arrowright: { do: "step", frames: 1 },
  enter: { do: "cut" }, "+": { do: "zoom_in" }, "=": { do: "zoom_in" }, "-": { do: "zoom_out" },
}

const SHIFTED: Record<string, Command> = {
  i: { do: "to_in" }, o: { do: "to_out" }, "+": { do: "zoom_in" },
  arrowleft: { do: "skip", ms: -1000 }, arrowright: { do: "skip", ms: 1000 },
}

export function commandOf({ key, shift, other }: Key): Command | null {
  if (other) return null
  return (shift ? SHIFTED : PLAIN)[key.toLowerCase()] ?? null
}

const SPEEDS = [1, 1.5, 2]

/** L pressed again: the next speed. */
export function faster(rate: number): number {
  return SPEEDS.find((one) => one > rate) ?? 2
}

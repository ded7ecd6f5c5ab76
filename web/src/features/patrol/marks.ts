// A line in pieces, marked or not. Places count characters as the server does: whole code points.
import type { Said } from "./patrol"

type Mark = Said["marks"][number]
export interface Piece { text: string; mark: Mark | null }

/** Marks may overlap: the graver one shows. */
export function pieces(text: string, marks: Mark[]): Piece[] {
  const found: Piece[] = []
  for (const [at, letter] of Array.from(text).entries()) {
    const here = marks.filter((mark) => mark.start <= at && at < mark.end)
    const mark = here.find((one) => one.level === "hold") ?? here[0] ?? null
    const last = found.at(-1)
    if (last?.mark === mark) last.text += letter
    else found.push({ text: letter, mark })
  }
  return found
}

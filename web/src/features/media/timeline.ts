// Where a moment of the show stands in a recording, and back. A recording has holes where the stream was away. Pure.

export interface Piece {
  /** The player's position of its first frame, seconds. */
  start: number
  /** Seconds. */
  duration: number
  /** When that frame reached the server, ms since 1970. */
  at: number
}

// Arrival clocks jitter against media clocks; a smaller step is no hole.
const HOLE_MS = 1500

export class Timeline {
  /** Neighbouring pieces without a hole between them are one. */
  readonly pieces: readonly Piece[]

  constructor(pieces: readonly Piece[]) {
    const joined: Piece[] = []
    for (const piece of pieces) {
      const last = joined.at(-1)
      if (last && Math.abs(last.at + (piece.start - last.start) * 1000 - piece.at) < HOLE_MS) {
        last.duration = piece.start + piece.duration - last.start
      } else joined.push({ ...piece })
    }
    this.pieces = joined
  }

  get empty(): boolean {
    return this.pieces.length === 0
  }

  /** The moment shown at a position. */
  at(position: number): number | null {
    let found: Piece | undefined
    for (const piece of this.pieces) if (!found || piece.start <= position) found = piece
    return found ? found.at + (position - found.start) * 1000 : null
  }

  /** The position of a moment; one in a hole is where the picture goes on, one outside is the nearest end. */
  position(at: number): number | null {
    let end: number | null = null
    for (const piece of this.pieces) {
      if (at < piece.at) return piece.start
      if (at < piece.at + piece.duration * 1000) return piece.start + (at - piece.at) / 1000
      end = piece.start + piece.duration
    }
    return end
  }

  get first(): number | null {
    return this.pieces[0]?.at ?? null
  }

  get last(): number | null {
    const piece = this.pieces.at(-1)
    return piece ? piece.at + piece.duration * 1000 : null
  }
}

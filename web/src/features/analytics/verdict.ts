// Whether a move is good or bad news, by the metric's own direction.

export function verdict(moved: number, direction: string | undefined): "good" | "bad" | "even" {
  if (Math.abs(moved) < 0.0005 || direction === undefined || direction === "depends") return "even"
  return moved > 0 === (direction !== "lower_is_better") ? "good" : "bad"
}

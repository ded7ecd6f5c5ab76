// Which mark a series' marker is drawn as. Unknown kinds are not drawn.

export type MarkName = "started" | "ended" | "lost" | "resumed"

export function markName(kind: string): MarkName | null {
  const plain = kind.toLowerCase().replaceAll(/[^a-z]/g, "")
  if (plain.includes("ended")) return "ended"
  if (plain.includes("lost") || plain.includes("interrupted")) return "lost"
  if (plain.includes("resumed")) return "resumed"
  return plain.includes("started") ? "started" : null
}

// A state in one word. Colour only supports the word.
export type Tone = "live" | "warn" | "quiet"

export function Pill({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`pill ${tone}`}>{children}</span>
}

// How a source stands, in one word.
import type { Tone } from "../../ui/Pill"
import type { Source, Sources } from "./types"

export type Standing = "on_air" | "ready" | "starting" | "stalled" | "away"

export function standing(source: Source, sources: Pick<Sources, "on_air">): Standing {
  if (!source.connected) return "away"
  if (!source.flowing) return "stalled"
  if (sources.on_air === source.source) return "on_air"
  return source.ready ? "ready" : "starting"
}

export const STANDING_TONES: Record<Standing, Tone> = { on_air: "live", ready: "quiet", starting: "warn", stalled: "warn", away: "quiet" }

/** "1280×720 · H.264 · AAC", as far as it is known. */
export function about(source: Source): string {
  const size = source.width && source.height ? `${source.width}×${source.height}` : ""
  return [size, codec(source.video_codec), codec(source.audio_codec)].filter((part) => part !== "").join(" · ")
}

const CODECS: [string, string][] = [["avc1", "H.264"], ["hvc1", "H.265"], ["av01", "AV1"], ["mp4a.40", "AAC"], ["opus", "Opus"]]

function codec(name: string | null | undefined): string {
  if (!name) return ""
  return CODECS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? name
}

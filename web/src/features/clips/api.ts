// The routes of recordings and clips.
import { ask } from "../../api/client"
import type { Clip, Highlight, Recording, RecordingRule, Thumbnail } from "./types"

const show = (broadcast: string) => `/api/broadcasts/${encodeURIComponent(broadcast)}`
const rule = (room: string) => `/api/rooms/${encodeURIComponent(room)}/recording-rule`

export const clipsApi = {
  recording: (broadcast: string) => ask<Recording>("GET", `${show(broadcast)}/recording`),
  removeRecording: (broadcast: string) => ask<undefined>("DELETE", `${show(broadcast)}/recording`),
  rule: (room: string) => ask<RecordingRule>("GET", rule(room)),
  putRule: (room: string, wanted: RecordingRule) => ask<RecordingRule>("PUT", rule(room), wanted),
  highlights: (broadcast: string) => ask<Highlight[]>("GET", `${show(broadcast)}/highlights`),
  thumbnails: (broadcast: string) => ask<Thumbnail[]>("GET", `${show(broadcast)}/thumbnails`),
  clips: (broadcast: string) => ask<Clip[]>("GET", `${show(broadcast)}/clips`),
  cut: (broadcast: string, clip: { start_ms: number; end_ms: number; title: string }) => ask<Clip>("POST", `${show(broadcast)}/clips`, clip),
  remove: (clip: string) => ask<undefined>("DELETE", `/api/clips/${encodeURIComponent(clip)}`),
  file: (clip: string) => `/api/clips/${encodeURIComponent(clip)}/file`,
}

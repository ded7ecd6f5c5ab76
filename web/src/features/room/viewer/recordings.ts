// What the room page asks of recordings. Public: a viewer token opens them.
import type { TrackItem } from "./track"

export interface Replay {
  broadcast_id: string
  title: string
  started_at: number
  duration_ms: number
}

/** The newest first; none where nothing is recorded. */
export async function readReplays(room: string): Promise<Replay[]> {
  try {
    const answer = await fetch(`/api/public/rooms/${encodeURIComponent(room)}/replays`)
    if (!answer.ok) return []
    const replays = (await answer.json()) as Replay[]
    return replays.sort((a, b) => b.started_at - a.started_at)
  } catch {
    return []
  }
}

/** When the open show began, ms since 1970. */
export async function readStart(room: string): Promise<number | null> {
  try {
    const answer = await fetch(`/api/public/rooms/${encodeURIComponent(room)}`)
    const { started_at } = (await answer.json()) as { started_at?: number | null }
    return answer.ok ? (started_at ?? null) : null
  } catch {
    return null
  }
}

export async function readDanmaku(broadcast: string, token: string, from_ms: number, to_ms: number): Promise<TrackItem[]> {
  const query = new URLSearchParams({ token, from_ms: String(from_ms), to_ms: String(to_ms) })
  const answer = await fetch(`/api/public/broadcasts/${encodeURIComponent(broadcast)}/danmaku?${query}`)
  if (!answer.ok) throw new Error(`danmaku ${answer.status}`)
  return (await answer.json()) as TrackItem[]
}

export function replayPlaylist(broadcast: string, token: string): string {
  return `/replay/${encodeURIComponent(broadcast)}/index.m3u8?token=${encodeURIComponent(token)}`
}

export function rewindPlaylist(room: string, token: string): string {
  return `/live/${encodeURIComponent(room)}/dvr.m3u8?token=${encodeURIComponent(token)}`
}

export async function canRewind(room: string, token: string): Promise<boolean> {
  try {
    return (await fetch(rewindPlaylist(room, token), { method: "HEAD" })).ok
  } catch {
    return false
  }
}

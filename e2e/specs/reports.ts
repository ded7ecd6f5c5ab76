// Viewers who report how playing went, without a browser each.
import type { APIRequestContext, APIResponse } from "@playwright/test"
import { expect } from "@playwright/test"
import { randomUUID } from "node:crypto"

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0"
const AGENTS = [
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`,
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
  `Mozilla/5.0 (Linux; Android 14; V2309A) ${CHROME} Mobile Safari/537.36 MicroMessenger/8.0.50`,
  `Mozilla/5.0 (Phone; OpenHarmony 5.0) ${CHROME} Safari/537.36 ArkWeb/4.1 Mobile HuaweiBrowser/5.0`,
]

export interface Viewer {
  token: string
  agent: string
  play: string
}

/** They get media, all but the last one: a picture is believed only of who was sent it. */
export async function viewers(request: APIRequestContext, room: string, many: number): Promise<Viewer[]> {
  const all: Viewer[] = []
  for (let nth = 0; nth < many; nth += 1) {
    const answer = await request.post(`/api/rooms/${room}/viewer-token`)
    const { token, playlist } = (await answer.json()) as { token: string; playlist: string }
    const agent = AGENTS[nth % AGENTS.length] ?? ""
    if (nth < many - 1) await fetchMedia(request, playlist, agent)
    all.push({ token, agent, play: randomUUID() })
  }
  return all
}

/** The newest whole segment of a show. With the viewer's own program: twenty of one that only look in are a farm. */
async function fetchMedia(request: APIRequestContext, playlist: string, agent: string): Promise<void> {
  const headers = { "user-agent": agent }
  const named = async (answer: APIResponse) => (await answer.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  const renditions = await request.get(playlist, { headers })
  const source = (await named(renditions))[0]
  expect(source, await renditions.text()).toBeDefined()
  const list = await request.get(new URL(source ?? "", renditions.url()).href, { headers })
  const newest = (await named(list)).at(-1)
  expect(newest, await list.text()).toBeDefined()
  const media = await request.get(new URL(newest ?? "", list.url()).href, { headers })
  expect(media.ok(), `${newest ?? ""}: ${String(media.status())}`).toBe(true)
  await media.body()
}

export async function report(request: APIRequestContext, room: string, viewer: Viewer, said: Record<string, unknown>): Promise<void> {
  const answer = await request.post(`/api/rooms/${room}/playback?token=${viewer.token}`, {
    headers: { "user-agent": viewer.agent, "content-type": "text/plain" },
    data: JSON.stringify({ play: viewer.play, version: "1.0.0", tz: "Asia/Shanghai", ...said }),
  })
  expect([204, 429]).toContain(answer.status())
}

/** One round of ten seconds: most play well, some stall, one never sees a picture. */
export async function round(request: APIRequestContext, room: string, all: Viewer[], nth: number, stalling: number): Promise<void> {
  await Promise.all(all.map((viewer, index) => {
    if (index === all.length - 1) return report(request, room, viewer, { failure: "manifestLoadError" })
    const stalls = index < stalling ? 1 + (index % 3) : 0
    return report(request, room, viewer, {
      played_ms: 10_000 - stalls * 900, stalls, stalled_ms: stalls * 900, frames: 250, dropped: index % 9 === 0 ? 4 : 0,
      latency_ms: 1100 + ((index * 137 + nth * 61) % 900), height: index % 4 === 0 ? 1080 : 720, bitrate_kbps: 2400,
      ...(nth === 0 && { first_frame_ms: 350 + ((index * 211) % 1400) }),
    })
  }))
}

// The client that schema.d.ts types, against a real server: tools/api/typescript.py starts one and names it.
import createClient from "openapi-fetch"
import { describe, expect, it } from "vitest"
import type { paths } from "./schema"

const { KAIBO_URL: baseUrl = "", KAIBO_TOKEN: token } = process.env
if (!baseUrl) console.warn("SKIPPED: KAIBO_URL names no server; tools/api/typescript.py starts one")

describe.skipIf(!baseUrl)("a real server", () => {
  const http = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })

  it("lists what was made, page by page", async () => {
    const made: string[] = []
    for (const n of [1, 2, 3]) {
      const { data } = await http.POST("/api/rooms", { body: { title: `双十二专场 ${n}`, private: false } })
      expect(data?.stream_key).toBeTruthy()
      made.push(data?.id ?? "")
    }
    const seen: string[] = []
    let after: string | undefined
    do {
      const { data } = await http.GET("/api/rooms", { params: { query: { q: "双十二", limit: 2, ...(after ? { after } : {}) } } })
      seen.push(...(data?.items ?? []).map((room) => room.id))
      after = data?.next ?? undefined
    } while (after)
    expect(seen.sort()).toEqual(made.sort())
  })

  it("imports rows and reads their numbers", async () => {
    const { data: room } = await http.POST("/api/rooms", { body: { title: "晚场" } })
    const rows = [
      { id: "1", occurred_at: 1_790_000_000_000, kind: "enter" as const, user: "u1" },
      { id: "2", occurred_at: 1_790_000_001_000, kind: "danmaku" as const, user: "u1", text: "主播好看" },
    ]
    const path = { id: room?.id ?? "" }
    const { data: taken } = await http.POST("/api/rooms/{id}/imports", { params: { path }, body: { rows, complete: true } })
    expect(taken).toMatchObject({ accepted: 2, rejected: [] })
    const query = { ids: "danmaku_count", broadcast: taken?.broadcast_id ?? "" }
    const { data: values } = await http.GET("/api/metrics", { params: { query } })
    expect(values).toMatchObject([{ id: "danmaku_count", settled: 1 }])
    const { data: events } = await http.GET("/api/events", { params: { query: { name: "BroadcastEnded" } } })
    expect(events?.items.map((event) => event.broadcast)).toContain(taken?.broadcast_id)
  })

  it("answers problems with a code", async () => {
    const path = { id: "01890a5d-ac96-774b-bcce-b302099a8057" }
    const { error, response } = await http.GET("/api/rooms/{id}", { params: { path } })
    expect([response.status, error?.code]).toEqual([404, "room_not_found"])
  })
})

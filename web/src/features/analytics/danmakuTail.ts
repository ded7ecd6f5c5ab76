// The newest danmaku of a show, grown by what came since.
import { useEffect, useState } from "react"
import { api, Problem } from "../../api/client"
import type { DanmakuItem } from "../../api/types"
import { grow } from "./grow"

const KEPT = 3000
const PAGE = 5000
const EVERY_MS = 1500

export interface Tail {
  items: readonly DanmakuItem[]
  total: number
  ready: boolean
  error: Error | null
}

export function useDanmakuTail(broadcast: string, live: boolean): Tail {
  const [tail, setTail] = useState<Tail>({ items: [], total: 0, ready: false, error: null })
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout>
    let after: number | undefined
    let items: DanmakuItem[] = []
    let total = 0
    const read = async () => {
      try {
        for (;;) {
          const page = await api.danmaku(broadcast, after === undefined ? { tail: KEPT } : { limit: PAGE, after })
          if (gone) return
          total = page.total ?? total + page.items.length
          items = grow(items, page.items, KEPT)
          after = page.items.at(-1)?.position ?? after ?? 0
          if (page.next === undefined || page.next === null) break
        }
        setTail((old) => (old.ready && old.total === total && old.error === null ? old : { items, total, ready: true, error: null }))
      } catch (error) {
        if (gone) return
        setTail((old) => ({ ...old, error: error as Error }))
        if (error instanceof Problem && !error.offline && error.status < 500) return
      }
      if (live) timer = setTimeout(() => void read(), EVERY_MS)
    }
    void read()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [broadcast, live])
  return tail
}

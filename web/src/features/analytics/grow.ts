// How a list of danmaku grows. Pure.
import type { DanmakuItem } from "../../api/types"

/** Appends what is new and keeps the last `kept`. */
export function grow(items: readonly DanmakuItem[], more: readonly DanmakuItem[], kept: number): DanmakuItem[] {
  const last = items.at(-1)?.position ?? -1
  return [...items, ...more.filter((item) => item.position > last)].slice(-kept)
}

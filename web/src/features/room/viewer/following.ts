// A list that shows its newest line until somebody scrolls up.
import { useEffect, useLayoutEffect, useRef, useState, type RefObject, type UIEvent } from "react"

interface Following {
  list: RefObject<HTMLOListElement | null>
  following: boolean
  onScroll: (event: UIEvent<HTMLOListElement>) => void
  toNewest: () => void
}

export function useFollowing(lines: readonly unknown[]): Following {
  const list = useRef<HTMLOListElement>(null)
  const [following, setFollowing] = useState(true)

  useLayoutEffect(() => {
    if (following && list.current) list.current.scrollTop = list.current.scrollHeight
  }, [lines, following])

  // A list that changes its height (keyboard, rotation) keeps showing the newest.
  useEffect(() => {
    const element = list.current
    if (!element) return
    const observer = new ResizeObserver(() => { if (following) element.scrollTop = element.scrollHeight })
    observer.observe(element)
    return () => observer.disconnect()
  }, [following])

  return {
    list, following,
    onScroll: (event) => {
      const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
      setFollowing(scrollHeight - scrollTop - clientHeight < 40)
    },
    toNewest: () => setFollowing(true),
  }
}

// Whether the window fits a media query now, for the few places where a phone shows something else, not only smaller.
import { useSyncExternalStore } from "react"

/** Up to this width the console has one column; console.css turns at the same one. */
export const PHONE = "(max-width: 760px)"

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query)
      media.addEventListener("change", listener)
      return () => media.removeEventListener("change", listener)
    },
    () => matchMedia(query).matches,
  )
}

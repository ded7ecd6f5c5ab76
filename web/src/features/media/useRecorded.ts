// A player of one show's recording, as long as its screen stands.
import { useEffect, useRef, useState, useSyncExternalStore } from "react"
import { api } from "../../api/client"
import type { ViewerToken } from "../../api/types"
import { RecordedPlayer, type RecordedState } from "./recorded"

export interface RecordedShow {
  room: string
  broadcast: string
  live: boolean
}

/** `usable`: there is something recorded. It opens muted: playing from `from` on, or paused, a show on air near its newest moment. */
export function useRecorded({ room, broadcast, live }: RecordedShow, usable: boolean, from: number | null = null) {
  const video = useRef<HTMLVideoElement>(null)
  const [player, setPlayer] = useState<RecordedPlayer | null>(null)
  useEffect(() => {
    const element = video.current
    if (!element || !usable) return
    let token: ViewerToken | null = null
    const now = new RecordedPlayer(element, {
      playlist: async (fresh) => {
        if (!token || fresh) token = await api.viewerToken(room, token?.token)
        const query = `token=${encodeURIComponent(token.token)}`
        return live ? `/live/${room}/dvr.m3u8?${query}` : `/replay/${broadcast}/index.m3u8?${query}`
      },
    })
    setPlayer(now)
    element.muted = true
    now.open(from ?? (live ? Date.now() - 30_000 : null), from !== null)
    return () => {
      now.destroy()
      setPlayer(null)
    }
  }, [room, broadcast, live, usable, from])
  const state = useSyncExternalStore(player?.onState ?? nobody, () => player?.state ?? NOTHING)
  return { video, player, state }
}

const nobody = () => () => undefined
const NOTHING: RecordedState = {
  phase: "idle", silenced: false, rebuilds: 0, stalls: 0, failure: null, unsupported: null, audioOnly: false, renditions: [], chosen: -1,
  at: null, first: null, last: null, rate: 1, caughtUp: false,
}

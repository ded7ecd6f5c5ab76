// One player load: its token, socket, played time and player, tied together and ended together.
import { api, Problem } from "../../../api/client"
import type { ViewerToken } from "../../../api/types"
import { PlayedCounter } from "../../audience/played"
import { LivePlayer } from "../../media/player"
import { RoomClient } from "../socket/client"

const LOOK_MS = 500

export class ViewerSession {
  readonly client: RoomClient
  readonly played = new PlayedCounter()
  player: LivePlayer | null = null
  private looking: ReturnType<typeof setInterval> | undefined
  private pending: Promise<ViewerToken> | null = null

  private constructor(private readonly room: string, private current: ViewerToken) {
    this.client = new RoomClient({
      address: async (fresh) => socketAddress((fresh ? await this.renew() : this.current)),
      open: (address) => new WebSocket(address),
      random: () => Math.random(),
      takePlayed: () => this.played.take(),
      giveBackPlayed: (ms) => this.played.giveBack(ms),
      visible: () => document.visibilityState === "visible",
    })
  }

  /** Asks for a token; a `Problem` tells why the room stays closed. */
  static async open(room: string): Promise<ViewerSession> {
    const token = await fetchToken(room, kept(room))
    return new ViewerSession(room, token)
  }

  /** Goes live with this video element; returns the undoing. */
  start(video: HTMLVideoElement): () => void {
    const player = new LivePlayer(video, {
      playlist: async (fresh) => (fresh ? await this.renew() : this.current).playlist,
      onRebuild: () => this.played.reset(),
    })
    this.player = player
    const abort = new AbortController()
    const { signal } = abort
    let live = false
    let phase = player.state.phase
    const offs = [
      player.onState(() => {
        // A picture that starts to move proves that the server is there.
        if (player.state.phase === "playing" && phase !== "playing") this.client.hurry()
        phase = player.state.phase
      }),
      this.client.onState(() => {
        const { state } = this.client
        player.hold(state.interrupted)
        if (state.live === live) return
        live = state.live
        if (live) player.play()
        else player.finish()
      }),
      this.client.onEvent((event) => {
        if (event.imported) return
        if (event.type === "BroadcastStarted" || event.type === "StreamPublished") player.refresh()
      }),
    ]
    this.looking = setInterval(() => {
      this.played.look({ now: performance.now(), position: video.currentTime, paused: video.paused, seeking: video.seeking, rate: video.playbackRate })
    }, LOOK_MS)
    window.addEventListener("pagehide", () => this.client.stop(), { signal })
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.client.start() }, { signal })
    window.addEventListener("online", () => this.client.hurry(), { signal })
    this.client.start()
    return () => {
      for (const off of offs) off()
      clearInterval(this.looking)
      abort.abort()
      this.client.stop()
      player.destroy()
    }
  }

  // The socket and the player may both find the token dead at once: one renewal serves both.
  private renew(): Promise<ViewerToken> {
    this.pending ??= fetchToken(this.room, this.current.token).then((token) => {
      this.current = token
      return token
    }).finally(() => { this.pending = null })
    return this.pending
  }
}

function kept(room: string): string | undefined {
  try {
    return localStorage.getItem(`kaibo.viewer.${room}`) ?? undefined
  } catch {
    return undefined
  }
}

async function fetchToken(room: string, previous?: string): Promise<ViewerToken> {
  let token: ViewerToken
  try {
    token = await api.viewerToken(room, previous)
  } catch (error) {
    // A stale or foreign token must not lock anybody out.
    if (!previous || !(error instanceof Problem) || error.offline || error.status === 404) throw error
    token = await api.viewerToken(room)
  }
  try {
    localStorage.setItem(`kaibo.viewer.${room}`, token.token)
  } catch {
    // Without storage the viewer is a new one at the next visit.
  }
  return token
}

function socketAddress(token: ViewerToken): string {
  const url = new URL(token.socket, location.href)
  url.protocol = url.protocol.replace("http", "ws")
  if (!url.searchParams.has("token")) url.searchParams.set("token", token.token)
  return url.toString()
}

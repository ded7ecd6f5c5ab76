// Encoders that the specs start themselves, and rooms of their own to push to. The time of each frame is burnt into its picture.
import type { APIRequestContext } from "@playwright/test"
import { spawn, type ChildProcess } from "node:child_process"
import { call } from "./server"

export interface OwnRoom {
  id: string
  stream_key: string
  push_port: number
}

export function makeRoom(request: APIRequestContext, title: string): Promise<OwnRoom> {
  return call<OwnRoom>(request, "POST", "/api/rooms", { title })
}

export interface Push {
  /** `live` or `backup`. */
  app?: string
  bframes?: boolean
  /** Timestamps leap ahead by ten seconds after so many seconds of pushing. */
  jumpAfter_s?: number
  /** Timestamps begin here. */
  offset_s?: number
  /** Sound only. */
  audioOnly?: boolean
  size?: string
}

/** Bits of the burnt-in time, of 10 ms each: 43 minutes. */
export const BITS = 18
/** Pixels of a square. */
export const SQUARE = 20
/** Squares before the time's: one white, one black, and one that is white for the backup line. */
export const MARKS = 3

// The filters read the clock one after the other: of a Gray code at most one bit changes between them.
function stamp(base_s: number, backup: boolean): string {
  const square = (nth: number, when = "") => `drawbox=x=${nth * SQUARE}:y=0:w=${SQUARE}:h=${SQUARE}:color=white:t=fill${when}`
  const units = `floor((time(0)-${base_s})*100)`
  const bit = (nth: number) => square(nth + MARKS, `:enable='mod(floor((${units}+${2 ** nth})/${2 ** (nth + 1)}),2)'`)
  const black = `drawbox=x=0:y=0:w=${(MARKS + BITS) * SQUARE}:h=${SQUARE}:color=black:t=fill`
  return [black, square(0), ...(backup ? [square(2)] : []), ...Array.from({ length: BITS }, (_, nth) => bit(nth))].join(",")
}

export class Encoder {
  private child: ChildProcess | null = null
  readonly base_s: number

  constructor(private readonly room: OwnRoom, base_ms: number) {
    this.base_s = base_ms / 1000
  }

  start(push: Push = {}): void {
    const { app = "live", bframes = false, jumpAfter_s, offset_s = 0, audioOnly = false, size = "640x360" } = push
    const jump = (pts: string) => (jumpAfter_s === undefined ? "" : `,${pts}=PTS+if(gt(T\\,${jumpAfter_s})\\,10/TB\\,0)`)
    const picture = ["-re", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=30`]
    const sound = ["-re", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100"]
    const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-b:v", "1500k", "-pix_fmt", "yuv420p"]
    const order = bframes ? ["-bf", "2"] : ["-tune", "zerolatency"]
    const video = audioOnly ? [] : ["-vf", stamp(this.base_s, app === "backup") + jump("setpts"), ...x264, ...order]
    const args = [
      "-hide_banner", "-loglevel", "error", "-nostdin", ...(audioOnly ? [] : picture), ...sound,
      ...video, "-vsync", "passthrough", "-af", `anull${jump("asetpts")}`, "-c:a", "aac", "-output_ts_offset", String(offset_s),
      "-flush_packets", "1", "-f", "flv", `rtmp://127.0.0.1:${this.room.push_port}/${app}/${this.room.stream_key}`,
    ]
    this.child = spawn("ffmpeg", args, { stdio: ["ignore", "ignore", "inherit"] })
  }

  get running(): boolean {
    return this.child !== null && this.child.exitCode === null
  }

  /** Gone in the middle of a frame, as with a power cut. */
  kill(): void {
    this.child?.kill("SIGKILL")
    this.child = null
  }

  /** Says goodbye. */
  stop(): void {
    this.child?.kill("SIGINT")
    this.child = null
  }
}

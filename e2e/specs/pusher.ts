// An encoder that speaks Enhanced RTMP: H.265 and AV1 too, and another film in the middle of the stream.
import { connect, type Socket } from "node:net"
import type { OwnRoom } from "./encoder"
import type { Film, FilmFrame } from "./film"

const CHUNK = 4096
const LATE_MS = 20
const FOUR = { hevc: "hvc1", av1: "av01" }
/** AAC-LC, 44.1 kHz, two channels: what `film` makes. */
const AAC = Buffer.from([0xaf, 0, 0x12, 0x10])

export class Pusher {
  private socket: Socket | null = null
  private timer: ReturnType<typeof setInterval> | undefined
  private film: Film | null = null
  private next = 0
  /** When the film's present round began, ms since the push began. */
  private round_ms = 0
  private began = 0

  constructor(private readonly room: OwnRoom) {}

  /** Pushes a film, round and round; or goes on with another one. */
  async play(film: Film): Promise<void> {
    if (!this.socket) {
      this.socket = await publish(this.room)
      this.socket.on("error", () => this.kill())
      this.began = performance.now()
      this.timer = setInterval(() => this.send(), LATE_MS / 2)
    }
    this.film = film
    this.next = 0
    this.round_ms = performance.now() - this.began
    this.socket.write(message(5, 18, 1, this.round_ms, metadata(film)))
    this.tag(true, this.round_ms, videoStart(film))
    if (film.frames.some((frame) => !frame.video)) this.tag(false, this.round_ms, AAC)
  }

  kill(): void {
    clearInterval(this.timer)
    this.socket?.destroy()
    this.socket = null
  }

  private send(): void {
    const { film } = this
    if (!film) return
    const now = performance.now() - this.began
    for (;;) {
      const frame = film.frames[this.next]
      if (!frame) {
        this.next = 0
        this.round_ms += film.duration_ms
      } else if (this.round_ms + frame.at_ms > now) {
        return
      } else {
        this.tag(frame.video, this.round_ms + frame.at_ms, frame.video ? picture(film, frame) : Buffer.concat([Buffer.from([0xaf, 1]), frame.data]))
        this.next += 1
      }
    }
  }

  private tag(video: boolean, at_ms: number, payload: Buffer): void {
    this.socket?.write(message(video ? 6 : 4, video ? 9 : 8, 1, at_ms, payload))
  }
}

function metadata({ width, height }: Film): Buffer {
  const object = Buffer.concat([Buffer.from([3]), named("width", number(width)), named("height", number(height)), Buffer.from([0, 0, 9])])
  return Buffer.concat([string("@setDataFrame"), string("onMetaData"), object])
}

function videoStart({ codec, record }: Film): Buffer {
  const head = codec === "h264" ? Buffer.from([0x17, 0, 0, 0, 0]) : Buffer.from(`\x90${FOUR[codec]}`, "latin1")
  return Buffer.concat([head, record])
}

function picture({ codec }: Film, { key, composition_ms, data }: FilmFrame): Buffer {
  const composition = Buffer.alloc(4)
  composition.writeInt32BE(composition_ms)
  const kind = key ? 0x10 : 0x20
  if (codec === "h264") return Buffer.concat([Buffer.from([kind | 7, 1]), composition.subarray(1), data])
  const head = Buffer.concat([Buffer.from([0x80 | kind | 1]), Buffer.from(FOUR[codec], "latin1")])
  return codec === "hevc" ? Buffer.concat([head, composition.subarray(1), data]) : Buffer.concat([head, data])
}

async function publish(room: OwnRoom): Promise<Socket> {
  const socket = connect(room.push_port, "127.0.0.1")
  socket.setNoDelay(true)
  const hello = Buffer.alloc(1536)
  socket.write(Buffer.concat([Buffer.from([3]), hello]))
  const answer = await first(socket, 1 + 1536 + 1536)
  socket.write(answer.subarray(1, 1537))
  socket.resume()
  const chunkSize = Buffer.alloc(4)
  chunkSize.writeUInt32BE(CHUNK)
  socket.write(message(2, 1, 0, 0, chunkSize))
  const about = Buffer.concat([Buffer.from([3]), named("app", string("live")), named("tcUrl", string("rtmp://127.0.0.1/live")), Buffer.from([0, 0, 9])])
  socket.write(message(3, 20, 0, 0, Buffer.concat([string("connect"), number(1), about])))
  socket.write(message(3, 20, 0, 0, Buffer.concat([string("createStream"), number(2), Buffer.from([5])])))
  socket.write(message(3, 20, 1, 0, Buffer.concat([string("publish"), number(3), Buffer.from([5]), string(room.stream_key), string("live")])))
  return socket
}

function first(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0)
    const take = (data: Buffer) => {
      got = Buffer.concat([got, data])
      if (got.length < bytes) return
      socket.off("data", take).off("error", reject)
      resolve(got)
    }
    socket.on("data", take).on("error", reject)
  })
}

/** One message in chunks. */
function message(chunkStream: number, kind: number, stream: number, at_ms: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt8(chunkStream)
  head.writeUIntBE(Math.round(at_ms), 1, 3)
  head.writeUIntBE(payload.length, 4, 3)
  head.writeUInt8(kind, 7)
  head.writeUInt32LE(stream, 8)
  const parts: Buffer[] = [head]
  for (let at = 0; at < payload.length || at === 0; at += CHUNK) {
    if (at > 0) parts.push(Buffer.from([0xc0 | chunkStream]))
    parts.push(payload.subarray(at, at + CHUNK))
  }
  return Buffer.concat(parts)
}

// AMF0
function string(text: string): Buffer {
  return Buffer.concat([Buffer.from([2]), name(text)])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes.writeDoubleBE(value, 1)
  return bytes
}

function named(key: string, value: Buffer): Buffer {
  return Buffer.concat([name(key), value])
}

function name(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

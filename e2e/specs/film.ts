// Short films of any codec, as frames: what an encoder would send. ffmpeg makes them; its FLV knows no H.265 and no AV1 here,
// so it writes fragmented MP4, and the frames are read from that.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export type Codec = "h264" | "hevc" | "av1"

export interface FilmFrame {
  video: boolean
  key: boolean
  /** Decoding time, ms from the film's beginning. */
  at_ms: number
  composition_ms: number
  data: Buffer
}

export interface Film {
  codec: Codec
  width: number
  height: number
  /** The decoder's configuration record. */
  record: Buffer
  duration_ms: number
  /** In the order of their times. */
  frames: FilmFrame[]
}

export interface Recipe {
  codec?: Codec
  size?: string
  /** Of H.264. */
  profile?: "baseline" | "main" | "high"
  silent?: boolean
}

const SECONDS = 6
const KEY_EVERY = 50
const ENCODERS: Record<Codec, string[]> = {
  h264: ["libx264", "-preset", "ultrafast", "-bf", "0", "-sc_threshold", "0"],
  hevc: ["libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:bframes=0:scenecut=0:keyint=50:min-keyint=50", "-tag:v", "hvc1"],
  av1: ["libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-lag-in-frames", "0", "-row-mt", "1"],
}
const RECORDS: Record<Codec, string> = { h264: "avcC", hevc: "hvcC", av1: "av1C" }

export function film({ codec = "h264", size = "320x180", profile = "main", silent = false }: Recipe = {}): Film {
  const folder = mkdtempSync(join(tmpdir(), "kaibo-film-"))
  const file = join(folder, "film.mp4")
  try {
    const sound = ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100"]
    execFileSync("ffmpeg", [
      "-nostdin", "-v", "error", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=25`, ...(silent ? [] : sound), "-t", String(SECONDS),
      "-c:v", ...ENCODERS[codec], ...(codec === "h264" ? ["-profile:v", profile] : []), "-g", String(KEY_EVERY), "-b:v", "400k", "-pix_fmt", "yuv420p",
      "-c:a", "aac", "-ac", "2", "-movflags", "frag_keyframe+empty_moov+default_base_moof+delay_moov+negative_cts_offsets", file,
    ])
    const [width = 0, height = 0] = size.split("x").map(Number)
    return { codec, width, height, ...read(readFileSync(file), codec) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Box {
  type: string
  start: number
  body: Buffer
}

function* boxes(bytes: Buffer, from = 0): Generator<Box> {
  for (let start = from; start + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(start)
    yield { type: bytes.toString("latin1", start + 4, start + 8), start, body: bytes.subarray(start + 8, start + size) }
    start += size
  }
}

function child(bytes: Buffer, ...path: string[]): Buffer {
  let found = bytes
  for (const type of path) found = [...boxes(found)].find((box) => box.type === type)?.body ?? Buffer.alloc(0)
  return found
}

function read(bytes: Buffer, codec: Codec): Pick<Film, "record" | "frames" | "duration_ms"> {
  const tracks = new Map<number, { video: boolean; clock: number }>()
  const frames: FilmFrame[] = []
  let record: Buffer = Buffer.alloc(0)
  for (const { type, start, body } of boxes(bytes)) {
    if (type === "moov") {
      for (const { body: trak } of [...boxes(body)].filter((box) => box.type === "trak")) {
        const video = child(trak, "mdia", "hdlr").toString("latin1", 8, 12) === "vide"
        tracks.set(child(trak, "tkhd").readUInt32BE(12), { video, clock: child(trak, "mdia", "mdhd").readUInt32BE(12) })
        if (video) record = recordOf(child(trak, "mdia", "minf", "stbl", "stsd"), RECORDS[codec])
      }
    }
    if (type === "moof") {
      for (const { body: traf } of [...boxes(body)].filter((box) => box.type === "traf")) frames.push(...run(traf, bytes, start, tracks))
    }
  }
  if (record.length === 0 || frames.length === 0) throw new Error(`ffmpeg made no film with \`${RECORDS[codec]}\``)
  return { record, frames: frames.sort((a, b) => a.at_ms - b.at_ms), duration_ms: SECONDS * 1000 }
}

function recordOf(stsd: Buffer, name: string): Buffer {
  const at = stsd.indexOf(name, 0, "latin1")
  return at < 4 ? Buffer.alloc(0) : Buffer.from(stsd.subarray(at + 4, at - 4 + stsd.readUInt32BE(at - 4)))
}

/** The frames of one track's fragment. */
function run(traf: Buffer, file: Buffer, moof: number, tracks: Map<number, { video: boolean; clock: number }>): FilmFrame[] {
  const tfhd = child(traf, "tfhd")
  const track = tracks.get(tfhd.readUInt32BE(4))
  if (!track) return []
  const flags = tfhd.readUIntBE(1, 3)
  let at = 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0)
  const usual = { duration: flags & 0x8 ? tfhd.readUInt32BE(at) : 0, size: 0 }
  at += flags & 0x8 ? 4 : 0
  usual.size = flags & 0x10 ? tfhd.readUInt32BE(at) : 0
  const tfdt = child(traf, "tfdt")
  let time = tfdt.readUInt8(0) === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4)
  const trun = child(traf, "trun")
  const has = trun.readUIntBE(1, 3)
  let data = moof + trun.readInt32BE(8)
  at = 12 + (has & 0x4 ? 4 : 0)
  const next = (flag: number, otherwise: number) => {
    if (!(has & flag)) return otherwise
    at += 4
    return trun.readInt32BE(at - 4)
  }
  return Array.from({ length: trun.readUInt32BE(4) }, (_, nth) => {
    const [duration, size] = [next(0x100, usual.duration), next(0x200, usual.size)]
    next(0x400, 0)
    const composition = next(0x800, 0)
    const ms = (ticks: number) => Math.round((ticks * 1000) / track.clock)
    const frame = { video: track.video, key: nth === 0, at_ms: ms(time), composition_ms: ms(composition), data: file.subarray(data, data + size) }
    time += duration
    data += size
    return frame
  })
}

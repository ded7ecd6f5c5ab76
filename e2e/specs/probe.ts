// Reads the burnt-in time of every painted frame in the page, and what became of it.
import type { Page } from "@playwright/test"
import { BITS, MARKS, SQUARE } from "./encoder"

export interface Frame {
  /** When it was painted, ms since the base. */
  painted: number
  /** When the encoder drew it, ms since the base; null for the slate. */
  pushed: number | null
  line: "primary" | "backup" | "slate"
}

interface Stamped extends Frame {
  pushed: number
}

/** Begins to note frames; call it before the picture starts. */
export async function probe(page: Page, base_ms: number): Promise<void> {
  await page.addInitScript(
    ({ base_ms, bits, marks, square }) => {
      const frames: { painted: number; pushed: number | null; line: string }[] = []
      Object.assign(window, { kaiboFrames: frames })
      const canvas = document.createElement("canvas")
      canvas.width = (marks + bits) * square
      canvas.height = square
      const pen = canvas.getContext("2d", { willReadFrequently: true })
      /** Null when a square is in the middle of its change. */
      const read = (video: HTMLVideoElement): { pushed: number | null; line: string } | null => {
        if (!pen) return null
        pen.drawImage(video, 0, 0, canvas.width, square, 0, 0, canvas.width, square)
        const { data } = pen.getImageData(0, square / 2, canvas.width, 1)
        const light = (nth: number) => data[(nth * square + square / 2) * 4] ?? 0
        if (video.videoWidth < canvas.width || light(0) < 165 || light(1) > 90) return { pushed: null, line: "slate" }
        let value = 0
        for (let nth = bits - 1, above = 0; nth >= 0; nth -= 1) {
          const bit = light(nth + marks)
          if (bit > 90 && bit < 165) return null
          above ^= bit > 128 ? 1 : 0
          value += above * 2 ** nth
        }
        return { pushed: value * 10, line: light(2) > 128 ? "backup" : "primary" }
      }
      const watch = (video: HTMLVideoElement) => {
        const painted = (_now: number, about: VideoFrameCallbackMetadata) => {
          const seen = read(video)
          if (seen) frames.push({ painted: Date.now() + about.expectedDisplayTime - performance.now() - base_ms, ...seen })
          video.requestVideoFrameCallback(painted)
        }
        video.requestVideoFrameCallback(painted)
      }
      const look = setInterval(() => {
        const video = document.querySelector<HTMLVideoElement>(".stage video")
        if (!video) return
        clearInterval(look)
        watch(video)
      }, 20)
    },
    { base_ms, bits: BITS, marks: MARKS, square: SQUARE },
  )
}

/** The frames noted since the last call. */
export async function taken(page: Page): Promise<Frame[]> {
  return page.evaluate(() => (window as unknown as { kaiboFrames: Frame[] }).kaiboFrames.splice(0))
}

export function percentile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}

export interface Course {
  frames: number
  p50: number
  p95: number
  most: number
  /** Frames that showed an earlier time than the one before. */
  backwards: number
  /** Longest time without a new frame, ms. */
  gap: number
}

export function course(frames: readonly Frame[]): Course {
  const stamped = frames.filter((frame): frame is Stamped => frame.pushed !== null)
  const late = stamped.map((frame) => frame.painted - frame.pushed)
  let backwards = 0
  let gap = 0
  for (let nth = 1; nth < stamped.length; nth += 1) {
    const [before, now] = [stamped[nth - 1], stamped[nth]]
    if (!before || !now) continue
    // Another line begins with what its decoder needs, run through in some frames. One bit may have been read in the middle of its change.
    if (now.line === before.line && now.pushed < before.pushed - 10) backwards += 1
    gap = Math.max(gap, now.painted - before.painted)
  }
  return { frames: stamped.length, p50: percentile(late, 0.5), p95: percentile(late, 0.95), most: Math.max(...late), backwards, gap }
}

/** How a line took over from another: how long the picture stood, and what of the show was missed, ms. */
export function handover(frames: readonly Frame[], to: Frame["line"]): { stood: number; missed: number } | null {
  const from = frames.findLastIndex((frame) => frame.line !== to && frame.pushed !== null)
  const last = frames[from]
  const first = frames.find((frame, nth) => nth > from && frame.line === to && (frame.pushed ?? 0) >= (last?.pushed ?? 0))
  if (!last || !first) return null
  return { stood: first.painted - last.painted, missed: (first.pushed ?? 0) - (last.pushed ?? 0) }
}

export function told({ frames, p50, p95, most, backwards, gap }: Course): string {
  return `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms, ${frames} frames, ${backwards} backwards, longest gap ${gap.toFixed(0)} ms`
}

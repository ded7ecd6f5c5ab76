// Reads the burnt-in time of every painted frame in the page, and what became of it.
import type { Page } from "@playwright/test"
import { BITS, SQUARE } from "./encoder"

export interface Frame {
  /** When it was painted, ms since the base. */
  painted: number
  /** When the encoder drew it, ms since the base. */
  pushed: number
}

/** Begins to note frames; call it before the picture starts. */
export async function probe(page: Page, base_ms: number): Promise<void> {
  await page.addInitScript(
    ({ base_ms, bits, square }) => {
      const frames: { painted: number; pushed: number }[] = []
      Object.assign(window, { kaiboFrames: frames })
      const canvas = document.createElement("canvas")
      canvas.width = bits * square
      canvas.height = square
      const pen = canvas.getContext("2d", { willReadFrequently: true })
      const read = (video: HTMLVideoElement): number | null => {
        if (!pen || video.videoWidth < bits * square) return null
        pen.drawImage(video, 0, 0, bits * square, square, 0, 0, bits * square, square)
        const { data } = pen.getImageData(0, square / 2, bits * square, 1)
        let value = 0
        for (let nth = bits - 1, above = 0; nth >= 0; nth -= 1) {
          const light = data[(nth * square + square / 2) * 4] ?? 0
          if (light > 90 && light < 165) return null
          above ^= light > 128 ? 1 : 0
          value += above * 2 ** nth
        }
        return value * 10
      }
      const watch = (video: HTMLVideoElement) => {
        const painted = (_now: number, about: VideoFrameCallbackMetadata) => {
          const pushed = read(video)
          const at = Date.now() + about.expectedDisplayTime - performance.now() - base_ms
          if (pushed !== null) frames.push({ painted: at, pushed })
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
    { base_ms, bits: BITS, square: SQUARE },
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
  const late = frames.map((frame) => frame.painted - frame.pushed)
  let backwards = 0
  let gap = 0
  for (let nth = 1; nth < frames.length; nth += 1) {
    const [before, now] = [frames[nth - 1], frames[nth]]
    if (!before || !now) continue
    // One bit may have been read in the middle of its change.
    if (now.pushed < before.pushed - 10) backwards += 1
    gap = Math.max(gap, now.painted - before.painted)
  }
  return { frames: frames.length, p50: percentile(late, 0.5), p95: percentile(late, 0.95), most: Math.max(...late), backwards, gap }
}

export function told({ frames, p50, p95, most, backwards, gap }: Course): string {
  return `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, most ${most.toFixed(0)} ms, ${frames} frames, ${backwards} backwards, longest gap ${gap.toFixed(0)} ms`
}

// Measures camera and microphone in the page. Nothing of picture or sound leaves it.
import { decibel, frame, hum, lumaOf, share, type Luma } from "./signal"

const PICTURE_MS = 200
const SOUND_MS = 50
/** Quieter counts as silence, dBFS. */
const SILENCE = -50
/** The luma of nine tenths of a black picture, 16 to 235. */
const BLACK = 32
/** Mean difference of two pictures below which nothing moved: a camera's own noise is above it. */
const STILL = 0.05

export interface CameraFound {
  width: number
  height: number
  fps: number
  picture: { black_percent: number; frozen_percent: number; luma: number; luma_low: number; luma_high: number }
}

export interface MicrophoneFound {
  level_dbfs: number | null
  peak_dbfs: number | null
  clipped_percent: number
  silent_percent: number
  hum_percent: number
}

export function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } })
}

/** As it is, without the browser's own corrections. */
export function openMicrophone(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } })
}

/** Why a device could not be opened, as browsers name it. */
export function reason(error: unknown): string {
  if (error instanceof DOMException) return error.name
  return error instanceof Error ? error.message : String(error)
}

export async function watchCamera(stream: MediaStream, video: HTMLVideoElement, ms: number, stop: AbortSignal): Promise<CameraFound> {
  try {
    video.srcObject = stream
    await video.play()
    const canvas = document.createElement("canvas")
    canvas.width = 160
    canvas.height = 90
    const context = canvas.getContext("2d", { willReadFrequently: true })
    if (!context) throw new Error("no canvas")
    const frames = countFrames(video)
    const lumas: Luma[] = []
    let still = 0
    let before: Uint8ClampedArray | null = null
    const begun = performance.now()
    while (performance.now() - begun < ms && !stop.aborted) {
      await pause(PICTURE_MS)
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
      const luma = lumaOf(data, before)
      if (luma.moved !== null && luma.moved < STILL) still += 1
      lumas.push(luma)
      before = data
    }
    const mean = (of: (luma: Luma) => number) => lumas.reduce((sum, luma) => sum + of(luma), 0) / Math.max(1, lumas.length)
    return {
      width: video.videoWidth,
      height: video.videoHeight,
      fps: frames(),
      picture: {
        black_percent: share(lumas.filter((luma) => luma.high < BLACK).length, lumas.length),
        frozen_percent: share(still, lumas.length - 1),
        luma: mean((luma) => luma.mean),
        luma_low: mean((luma) => luma.low),
        luma_high: mean((luma) => luma.high),
      },
    }
  } finally {
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
}

/** Counts shown frames from now on; the answer is their rate. */
function countFrames(video: HTMLVideoElement): () => number {
  const begun = performance.now()
  const shown = () => video.getVideoPlaybackQuality().totalVideoFrames
  const before = shown()
  return () => Math.round(((shown() - before) * 10_000) / Math.max(1, performance.now() - begun)) / 10
}

export async function watchMicrophone(stream: MediaStream, ms: number, stop: AbortSignal, level: (percent: number) => void): Promise<MicrophoneFound> {
  const context = new AudioContext()
  try {
    await context.resume()
    const analyser = context.createAnalyser()
    analyser.fftSize = 8192
    analyser.smoothingTimeConstant = 0
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const spectrum = new Float32Array(analyser.frequencyBinCount)
    const window = Math.round((context.sampleRate * SOUND_MS) / 1000)
    let [frames, silent, clipped, counted, peak, power, buzz, whole] = [0, 0, 0, 0, 0, 0, 0, 0]
    const begun = performance.now()
    // The first tenths are the device waking up.
    await pause(300)
    while (performance.now() - begun < ms && !stop.aborted) {
      await pause(SOUND_MS)
      analyser.getFloatTimeDomainData(samples)
      const heard = frame(samples.subarray(samples.length - window))
      frames += 1
      peak = Math.max(peak, heard.peak)
      clipped += heard.clipped
      counted += window
      const loud = decibel(Math.sqrt(heard.power))
      if (loud < SILENCE) silent += 1
      else power += heard.power
      level(Math.max(0, Math.min(100, ((loud + 60) * 100) / 60)))
      analyser.getFloatFrequencyData(spectrum)
      const shares = hum(spectrum, context.sampleRate / analyser.fftSize)
      buzz += shares.hum
      whole += shares.whole
    }
    const sounding = frames - silent
    return {
      level_dbfs: sounding > 0 ? tenths(decibel(Math.sqrt(power / sounding))) : null,
      peak_dbfs: peak > 0 ? tenths(decibel(peak)) : null,
      clipped_percent: share(clipped, counted),
      silent_percent: share(silent, frames),
      // In a silent room the noise of the analyser would count as hum.
      hum_percent: sounding > 0 ? share(buzz, whole) : 0,
    }
  } finally {
    for (const track of stream.getTracks()) track.stop()
    await context.close()
    level(0)
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

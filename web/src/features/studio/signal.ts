// Numbers out of pictures and sounds. Pure.

export interface Luma {
  /** 16 (black) to 235 (white), as video has it. */
  mean: number
  /** A tenth of the pixels lies below, a tenth above. */
  low: number
  high: number
  /** Mean difference to the picture before. */
  moved: number | null
}

/** Of RGBA pixels (ITU-R BT.709). */
export function lumaOf(pixels: Uint8ClampedArray, before: Uint8ClampedArray | null): Luma {
  const histogram = new Uint32Array(256)
  const count = pixels.length / 4
  let sum = 0
  let moved = 0
  for (let at = 0; at < pixels.length; at += 4) {
    const luma = 16 + (0.2126 * (pixels[at] ?? 0) + 0.7152 * (pixels[at + 1] ?? 0) + 0.0722 * (pixels[at + 2] ?? 0)) * (219 / 255)
    sum += luma
    const level = Math.round(luma)
    histogram[level] = (histogram[level] ?? 0) + 1
    if (before) moved += Math.abs((pixels[at + 1] ?? 0) - (before[at + 1] ?? 0))
  }
  return { mean: sum / count, low: quantile(histogram, count * 0.1), high: quantile(histogram, count * 0.9), moved: before ? moved / count : null }
}

function quantile(histogram: Uint32Array, rank: number): number {
  let seen = 0
  for (let level = 0; level < histogram.length; level += 1) {
    seen += histogram[level] ?? 0
    if (seen >= rank) return level
  }
  return histogram.length - 1
}

export interface SoundFrame {
  power: number
  peak: number
  /** Samples at full scale. */
  clipped: number
}

export function frame(samples: Float32Array): SoundFrame {
  let [power, peak, clipped] = [0, 0, 0]
  for (const sample of samples) {
    const size = Math.abs(sample)
    power += sample * sample
    peak = Math.max(peak, size)
    if (size >= 0.999) clipped += 1
  }
  return { power: power / Math.max(1, samples.length), peak, clipped }
}

/** Power at the mains' frequencies and all of it up to 8 kHz, from decibels per bin. */
export function hum(spectrum: Float32Array, binHz: number): { hum: number; whole: number } {
  let [buzz, whole] = [0, 0]
  for (let bin = 1; bin < spectrum.length; bin += 1) {
    const hz = bin * binHz
    if (hz < 20 || hz > 8000) continue
    const power = 10 ** ((spectrum[bin] ?? -200) / 10)
    if (!Number.isFinite(power)) continue
    whole += power
    if ([50, 60, 100, 120, 150, 180].some((mains) => Math.abs(hz - mains) <= binHz)) buzz += power
  }
  return { hum: buzz, whole }
}

export function decibel(amplitude: number): number {
  return amplitude > 0 ? 20 * Math.log10(amplitude) : -120
}

/** In percent, one digit; nothing of nothing is 0. */
export function share(part: number, whole: number): number {
  return whole > 0 ? Math.round((part * 1000) / whole) / 10 : 0
}

// Flies danmaku over the picture. Plain elements moved by the compositor: no work per frame, text never becomes markup.
import type { Flight } from "../socket/client"
import { Lanes } from "./lanes"

export interface LayerSettings {
  on: boolean
  /** 0.2 to 1. */
  opacity: number
  /** Share of the picture's height used, 0.25 to 1. */
  area: number
}

const CROSSING_MS = 9000
const STANDING_MS = 4000
const MOST = 160
const SPREAD_MS = 250

export class DanmakuLayer {
  private readonly lanes = new Lanes(CROSSING_MS)
  private readonly top = new Lanes(STANDING_MS, 1e9)
  private readonly bottom = new Lanes(STANDING_MS, 1e9)
  private readonly observer: ResizeObserver
  private settings: LayerSettings = { on: true, opacity: 1, area: 0.5 }
  private laneHeight = 30
  private held = false
  /** What was told to fly before the last clearing does not. */
  private age = 0
  /** Taken down before they could fly. */
  private readonly removed = new Set<number>()

  constructor(private readonly host: HTMLElement) {
    this.observer = new ResizeObserver(() => this.measure())
    this.observer.observe(host)
    this.measure()
  }

  set(settings: LayerSettings): void {
    this.settings = settings
    this.host.style.opacity = String(settings.opacity)
    if (!settings.on) this.clear()
    this.measure()
  }

  fly(flight: Flight): void {
    // A hidden page plays no animation: what piled up would all start at once.
    if (!this.settings.on || document.hidden) return
    if (this.host.childElementCount >= MOST && !flight.own) return
    // A tick brings many at once; spread over it they look as they were said.
    const { age } = this
    setTimeout(() => { if (age === this.age) this.launch(flight) }, flight.own ? 0 : Math.random() * SPREAD_MS)
  }

  /** Takes one off the screen. */
  remove(pos: number): void {
    for (const flying of this.host.querySelectorAll(`[data-pos="${pos}"]`)) flying.remove()
    this.removed.add(pos)
    setTimeout(() => this.removed.delete(pos), 2 * SPREAD_MS)
  }

  /** What flies stands still, or goes on. */
  hold(held: boolean): void {
    this.held = held
    for (const flying of this.host.getAnimations({ subtree: true })) if (held) flying.pause(); else flying.play()
  }

  clear(): void {
    this.age += 1
    this.host.replaceChildren()
    for (const lanes of [this.lanes, this.top, this.bottom]) lanes.clear()
  }

  destroy(): void {
    this.observer.disconnect()
    this.clear()
  }

  private measure(): void {
    const height = this.host.clientHeight
    this.laneHeight = this.host.clientWidth < 600 ? 26 : 34
    const lanes = Math.max(1, Math.floor((height * this.settings.area) / this.laneHeight))
    this.lanes.resize(lanes)
    this.top.resize(Math.max(1, Math.floor(lanes / 2)))
    this.bottom.resize(Math.max(1, Math.floor(lanes / 2)))
  }

  private launch(flight: Flight): void {
    if (!this.settings.on || (flight.pos !== null && this.removed.has(flight.pos))) return
    const text = document.createElement("span")
    text.className = flight.own ? "flight own" : "flight"
    text.textContent = flight.text
    if (flight.pos !== null) text.dataset.pos = String(flight.pos)
    text.style.color = `#${flight.color.toString(16).padStart(6, "0")}`
    this.host.append(text)
    const stage = this.host.clientWidth
    const width = text.offsetWidth
    const now = performance.now()
    const still = flight.mode === 4 ? this.bottom : flight.mode === 5 ? this.top : null
    const lane = (still ?? this.lanes).place(now, still ? 1 : width, stage) ?? (flight.own ? 0 : null)
    if (lane === null) {
      text.remove()
      return
    }
    if (flight.mode === 4) text.style.bottom = `${lane * this.laneHeight}px`
    else text.style.top = `${lane * this.laneHeight}px`
    const middle = `translateX(${(stage - width) / 2}px)`
    const flying = still
      ? text.animate([{ transform: middle }, { transform: middle }], { duration: STANDING_MS })
      : text.animate([{ transform: `translateX(${stage}px)` }, { transform: `translateX(${-width}px)` }], { duration: CROSSING_MS })
    if (this.held) flying.pause()
    flying.onfinish = () => text.remove()
    flying.oncancel = () => text.remove()
  }
}

// Kaibo's own SDK for web pages: what visitors do goes to `/v1/batch`, once, also over reloads and lost connections.
// The queue in localStorage is the truth: an event leaves it when the server has answered. Tabs share it; what two of them send counts once.

export interface Options {
  /** Where Kaibo is; the script's own origin without it. */
  url?: string
  /** `ask`: nothing is stored or sent before `consent(true)`. What a visitor said before is kept, and stronger than either. */
  consent?: "given" | "ask"
  /** Page views by themselves, also when the address changes without a load. */
  pages?: boolean
  /** Seconds between signs of life while the page is visible; 0 sends none. */
  heartbeat_s?: number
}

/** Who watches in a room of Kaibo: what this visitor says is kept under the viewer's pseudonym then. */
export interface Viewer {
  room: string
  token: string
}

interface Asked {
  purpose: string
  version: number
  given?: boolean
  may: boolean
  said_at_ms?: number
}

export type Properties = Record<string, unknown>

interface Message {
  messageId: string
  timestamp: string
  [field: string]: unknown
}

interface Queued {
  m: Message
  /** When a beacon took it: whether it arrived is not told. */
  b?: number
}

interface Session {
  id: string
  at: number
  campaign?: Record<string, string>
}

const QUEUE = "kaibo.queue"
const VISITOR = "kaibo.visitor"
const USER = "kaibo.user"
const SESSION = "kaibo.session"
// `yes` or `no`, and a `!` behind it until the server knows.
const CONSENT = "kaibo.consent"
const MOST_QUEUED = 200
const MOST_OF_A_BATCH = 50
// Beacons and keepalive requests carry 64 KB.
const MOST_CHARACTERS = 18_000
const SESSION_MS = 30 * 60_000
// The server knows message ids for 24 hours: a beacon's event is not sent again after that.
const BEACON_MS = 20 * 3_600_000
const SLOWEST_MS = 60_000

export type Kaibo = ReturnType<typeof create>

export function create(page: Window & typeof globalThis, origin: string) {
  const { document, location, navigator } = page
  const memory: Record<string, string> = {}
  let key = ""
  let url = origin
  let agreed = false
  let viewer: Viewer | null = null
  let telling = false
  let options: Options = {}
  let busy = false
  let failures = 0
  let timer: number | undefined
  let path: string | undefined
  let wired = false
  const exposed = new WeakSet<Element>()
  const waiting = new Map<Element, number>()

  // Storage may be full, or forbidden: then memory has to do.
  const stored = {
    get(name: string): string | null {
      try {
        return page.localStorage.getItem(name) ?? memory[name] ?? null
      } catch {
        return memory[name] ?? null
      }
    },
    set(name: string, value: string) {
      try {
        page.localStorage.setItem(name, value)
        Reflect.deleteProperty(memory, name)
      } catch {
        memory[name] = value
      }
    },
    remove(name: string) {
      Reflect.deleteProperty(memory, name)
      try {
        page.localStorage.removeItem(name)
      } catch { /* it was not there either */ }
    },
  }

  const may = () => agreed && key !== ""

  function read<T>(name: string, otherwise: T): T {
    try {
      return JSON.parse(stored.get(name) ?? "") as T
    } catch {
      return otherwise
    }
  }

  // `crypto.randomUUID` is for secure contexts only.
  function fresh(): string {
    const bits = page.crypto.getRandomValues(new Uint8Array(16))
    return Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("")
  }

  function visitor(): string {
    const id = stored.get(VISITOR) ?? fresh()
    stored.set(VISITOR, id)
    return id
  }

  function session(): Session {
    const now = Date.now()
    const before = read<Session | null>(SESSION, null)
    const query = new URLSearchParams(location.search)
    const said = ["source", "medium", "campaign", "term", "content"].flatMap((part) => {
      const value = query.get(`utm_${part}`)
      return value ? [[part === "campaign" ? "name" : part, value.slice(0, 200)] as const] : []
    })
    const campaign = said.length > 0 ? Object.fromEntries(said) : undefined
    const alive = before !== null && now - before.at < SESSION_MS
    const kept = campaign ?? (alive ? before.campaign : undefined)
    const session: Session = { id: alive ? before.id : fresh(), at: now, ...(kept && { campaign: kept }) }
    stored.set(SESSION, JSON.stringify(session))
    return session
  }

  function queue(): Queued[] {
    const all = read<unknown>(QUEUE, [])
    return Array.isArray(all) ? (all as Queued[]) : []
  }

  function keep(all: Queued[]) {
    stored.set(QUEUE, JSON.stringify(all.slice(-MOST_QUEUED)))
  }

  function add(type: string, more: Properties) {
    if (!may()) return
    const { id, campaign } = session()
    const user = stored.get(USER)
    const message: Message = {
      type, messageId: fresh(), timestamp: new Date().toISOString(), anonymousId: visitor(), ...(user !== null && { userId: user }), ...more,
      context: {
        library: { name: "kaibo.js" }, channel: "browser", sessionId: id, locale: navigator.language, ...(campaign && { campaign }),
        page: { url: location.href, path: location.pathname, title: document.title, referrer: document.referrer },
      },
    }
    let text: string
    try {
      text = JSON.stringify(message)
    } catch {
      return
    }
    if (text.length > MOST_CHARACTERS) return
    keep([...queue(), { m: JSON.parse(text) as Message }])
    if (!busy) soon(1_000)
  }

  // What waits longer stays: a new event does not hurry a server in trouble.
  function soon(ms: number) {
    timer ??= page.setTimeout(() => {
      timer = undefined
      void flush()
    }, ms)
  }

  function batch(all: Queued[]): Queued[] {
    const some: Queued[] = []
    let length = 0
    for (const one of all) {
      length += JSON.stringify(one.m).length
      if (some.length === MOST_OF_A_BATCH || length > MOST_CHARACTERS) break
      some.push(one)
    }
    return some
  }

  const body = (some: Queued[]) => JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch: some.map(({ m }) => m) })

  function done(some: Queued[]) {
    const ids = new Set(some.map(({ m }) => m.messageId))
    keep(queue().filter(({ m }) => !ids.has(m.messageId)))
  }

  /** Sends what waits. Every failure makes the next try later; the ids stay the same. */
  async function flush(): Promise<void> {
    if (busy || !may()) return
    const all = queue().filter(({ b }) => b === undefined || Date.now() - b < BEACON_MS)
    const some = batch(all)
    if (some.length === 0) return
    busy = true
    let status = 0
    try {
      // As text, so that browsers need not ask first.
      status = (await page.fetch(`${url}/v1/batch`, { method: "POST", body: body(some), headers: { "content-type": "text/plain" }, credentials: "omit", keepalive: true })).status
    } catch { /* offline */ }
    busy = false
    // Consent may have been withdrawn meanwhile.
    if (!may()) return
    // 400 says that the same again would be refused again.
    if (status === 200 || status === 400 || status === 413) {
      failures = 0
      done(some)
      if (all.length > some.length) soon(0)
      else if (queue().length > 0) soon(1_000)
      return
    }
    failures += 1
    soon(Math.min(SLOWEST_MS, 1_000 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2))
  }

  const consentPath = ({ room, token }: Viewer) => `${url}/api/rooms/${encodeURIComponent(room)}/consent?token=${encodeURIComponent(token)}`

  /** The server's record and this browser agree: what was said here is told, what the viewer said elsewhere holds here. */
  async function agree(): Promise<void> {
    if (viewer === null || telling) return
    telling = true
    const who = viewer
    const before = stored.get(CONSENT)
    try {
      const answer = await page.fetch(consentPath(who), { credentials: "omit" })
      const { purposes } = (await answer.json()) as { purposes?: Asked[] }
      const asked = purposes?.find(({ purpose }) => purpose === "analytics")
      if (answer.status === 200 && stored.get(CONSENT) === before) {
        if (before?.endsWith("!")) {
          const given = before === "yes!"
          const said = asked && asked.given !== given
            ? await page.fetch(consentPath(who), {
                method: "PUT", credentials: "omit", headers: { "content-type": "application/json" },
                body: JSON.stringify({ through: "sdk", answers: [{ purpose: "analytics", version: asked.version, given }] }),
              })
            : answer
          // Where nobody is asked there is no record to tell; another text has to be shown first.
          if ((said.status === 200 || said.status === 409) && stored.get(CONSENT) === before) stored.set(CONSENT, given ? "yes" : "no")
        } else if (asked?.said_at_ms !== undefined) {
          stored.set(CONSENT, asked.may ? "yes" : "no")
          apply(asked.may)
        }
      }
    } catch { /* offline: told at the next load, or once there is a connection */ }
    telling = false
    if (viewer !== who || (stored.get(CONSENT) !== before && stored.get(CONSENT)?.endsWith("!"))) void agree()
  }

  function apply(given: boolean) {
    if (given === agreed) return
    agreed = given
    if (given) {
      path = undefined
      moved()
      void flush()
    } else for (const name of [QUEUE, VISITOR, USER, SESSION]) stored.remove(name)
  }

  function leave() {
    if (!may()) return
    const all = queue()
    const some = batch(all.filter(({ b }) => b === undefined))
    if (some.length === 0 || !navigator.sendBeacon(`${url}/v1/batch`, body(some))) return
    const ids = new Set(some.map(({ m }) => m.messageId))
    keep(all.map((one) => (ids.has(one.m.messageId) ? { ...one, b: Date.now() } : one)))
  }

  function moved() {
    if (options.pages === false || location.pathname + location.search === path) return
    path = location.pathname + location.search
    api.page()
  }

  /** `data-kaibo-price="9"` is the property `price`. */
  function said(element: Element): Properties {
    const own = Object.entries((element as HTMLElement).dataset).filter(([name]) => /^kaibo[A-Z]/.test(name) && name !== "kaiboExposure")
    return Object.fromEntries(own.map(([name, value]) => [name.charAt(5).toLowerCase() + name.slice(6), value]))
  }

  function watch(element: Element, name: string, properties: Properties) {
    if (exposed.has(element)) return
    exposed.add(element)
    const observer = new page.IntersectionObserver((entries) => {
      const seen = (entries.at(-1)?.intersectionRatio ?? 0) >= 0.5
      if (!seen) {
        page.clearTimeout(waiting.get(element))
        waiting.delete(element)
      } else if (!waiting.has(element)) {
        waiting.set(element, page.setTimeout(() => {
          if (!agreed) return
          observer.disconnect()
          waiting.delete(element)
          api.track(name, properties)
        }, 1_000))
      }
    }, { threshold: [0, 0.5] })
    observer.observe(element)
  }

  function look() {
    for (const element of document.querySelectorAll("[data-kaibo-exposure]")) watch(element, element.getAttribute("data-kaibo-exposure") || "Exposed", said(element))
  }

  function wire() {
    wired = true
    page.addEventListener("pagehide", leave)
    page.addEventListener("online", () => {
      failures = 0
      page.clearTimeout(timer)
      timer = undefined
      void flush()
      if (stored.get(CONSENT)?.endsWith("!")) void agree()
    })
    page.addEventListener("popstate", moved)
    for (const name of ["pushState", "replaceState"] as const) {
      const original = page.history[name].bind(page.history)
      page.history[name] = (...call) => {
        original(...call)
        moved()
      }
    }
    document.addEventListener("click", (event) => {
      const element = event.target instanceof page.Element ? event.target.closest("[data-kaibo]") : null
      const name = element?.getAttribute("data-kaibo")
      if (element && name) api.track(name, said(element))
    }, true)
    look()
    new page.MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-kaibo-exposure"] })
    const seconds = options.heartbeat_s ?? 15
    if (seconds > 0) page.setInterval(() => { if (document.visibilityState === "visible") api.track("Heartbeat", { seconds }) }, seconds * 1_000)
  }

  const api = {
    init(writeKey: string, wanted: Options = {}) {
      key = writeKey
      options = wanted
      url = (wanted.url ?? origin).replace(/\/+$/, "")
      if (!wired) wire()
      const said = stored.get(CONSENT)
      apply(said === null ? wanted.consent !== "ask" : said.startsWith("yes"))
      // The viewer may have been named before it was known where Kaibo is.
      void agree()
    },
    /** Names the viewer whose consent this is: a room, and the viewer's token for it. */
    viewer(room: string, token: string) {
      viewer = { room, token }
      if (key !== "") void agree()
    },
    track(event: string, properties: Properties = {}) {
      add("track", { event, properties })
    },
    page(properties: Properties = {}) {
      add("page", { name: document.title, properties: { url: location.href, ...properties } })
    },
    identify(user: string, traits: Properties = {}) {
      if (!agreed) return
      stored.set(USER, user)
      add("identify", { traits })
    },
    /** The user is somebody else now, or nobody: another visitor as far as events tell. */
    reset() {
      for (const name of [USER, VISITOR, SESSION]) stored.remove(name)
    },
    exposure(element: Element, name: string, properties: Properties = {}) {
      watch(element, name, properties)
    },
    /** `false` takes it back at once and for later visits: what is stored is deleted, also what was not sent. */
    consent(given: boolean) {
      const said = given ? "yes" : "no"
      if (stored.get(CONSENT) !== said) stored.set(CONSENT, `${said}!`)
      apply(given)
      void agree()
    },
    flush,
  }
  return api
}

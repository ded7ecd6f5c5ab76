// What browser and device this is, as far as it matters for a show.

const BROWSERS: [string, RegExp][] = [
  ["Edge", /Edg\/(\d+)/],
  ["WeChat", /MicroMessenger\/(\d+)/],
  ["Firefox", /Firefox\/(\d+)/],
  ["Chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /Version\/(\d+).*Safari/],
]
const SYSTEMS: [string, RegExp][] = [
  ["iOS", /iPhone|iPad/],
  ["Android", /Android/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
]

export function browserOf(agent: string): string {
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(agent)?.[1]
    if (version) return `${name} ${version}`
  }
  return "?"
}

export function systemOf(agent: string): string {
  return SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0] ?? "?"
}

export function aboutDevice() {
  const agent = navigator.userAgent
  return {
    browser: browserOf(agent),
    os: systemOf(agent),
    cores: navigator.hardwareConcurrency,
    secure: window.isSecureContext,
    media_source: "MediaSource" in window || "ManagedMediaSource" in window,
  }
}

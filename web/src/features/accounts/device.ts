// A browser's long name in two words. Only for people's eyes: it is what the browser says of itself.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/, "微信 WeChat"], [/Edg\//, "Edge"], [/Firefox\//, "Firefox"], [/Chrome\/|CriOS\//, "Chrome"], [/Safari\//, "Safari"],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"],
]

export function deviceOf(agent: string): string | null {
  if (agent === "") return null
  const find = (list: readonly (readonly [RegExp, string])[]) => list.find(([pattern]) => pattern.test(agent))?.[1]
  const known = [find(BROWSERS), find(SYSTEMS)].filter((part) => part !== undefined)
  return known.length > 0 ? known.join(" · ") : agent.slice(0, 40)
}

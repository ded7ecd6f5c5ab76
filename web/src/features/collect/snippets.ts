// Ready lines for every client: Kaibo's address and the write key, as that client takes them.
import type { Kind } from "./collect"

export interface Snippet {
  name: string
  /** Whose kinds of source begin with it. */
  kinds: Kind[]
  code: string
}

const hosts = (url: string) => new URL(url)

export function snippets(url: string, key: string): Snippet[] {
  const { host, origin } = hosts(url)
  return [
    {
      name: "kaibo.js",
      kinds: ["web"],
      code: `<script src="${origin}/sdk/kaibo.js"></script>
<script>
  kaibo.init("${key}")
  kaibo.track("OrderPaid", { price: 19.9 })
</script>`,
    },
    {
      name: "HTTP",
      kinds: ["web"],
      code: `fetch("${origin}/v1/batch", {
  method: "POST",
  keepalive: true,
  body: JSON.stringify({
    writeKey: "${key}",
    sentAt: new Date().toISOString(),
    batch: [{
      type: "track", event: "OrderPaid", messageId: crypto.randomUUID(),
      userId: "u1", timestamp: new Date().toISOString(), properties: { price: 19.9 },
    }],
  }),
})`,
    },
    {
      name: "Segment JS",
      kinds: ["segment"],
      code: `import { AnalyticsBrowser } from "@segment/analytics-next"

const analytics = AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${origin}" })
analytics.track("OrderPaid", { price: 19.9 })`,
    },
    {
      name: "Segment Node",
      kinds: ["segment"],
      code: `import { Analytics } from "@segment/analytics-node"

const analytics = new Analytics({ writeKey: "${key}", host: "${origin}" })
analytics.track({ userId: "u1", event: "OrderPaid", properties: { price: 19.9 } })
await analytics.closeAndFlush()`,
    },
    {
      name: "Segment Python",
      kinds: ["segment"],
      code: `import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${origin}"
analytics.track("u1", "OrderPaid", {"price": 19.9})
analytics.flush()`,
    },
    {
      name: "RudderStack",
      kinds: ["segment"],
      code: `import { RudderAnalytics } from "@rudderstack/analytics-js"

const analytics = new RudderAnalytics()
analytics.load("${key}", "${origin}", { configUrl: "${origin}" })
analytics.track("OrderPaid", { price: 19.9 })`,
    },
    {
      name: "PostHog",
      kinds: ["posthog"],
      code: `import posthog from "posthog-js"

posthog.init("${key}", { api_host: "${origin}" })
posthog.capture("OrderPaid", { price: 19.9 })`,
    },
    {
      name: "Sensors 神策",
      kinds: ["sensors"],
      code: `import sensors from "sa-sdk-javascript"

sensors.init({ server_url: "${origin}/sa?project=default&token=${key}" })
sensors.track("OrderPaid", { price: 19.9 })`,
    },
    {
      name: "CloudEvents",
      kinds: ["cloudevents"],
      code: `curl ${origin}/cloudevents \\
  -H 'authorization: Bearer ${key}' \\
  -H 'content-type: application/cloudevents+json' \\
  -d '{"specversion":"1.0","id":"1","source":"/shop","type":"OrderPaid","userid":"u1","data":{"price":19.9}}'`,
    },
    {
      name: "GA4",
      kinds: ["ga4"],
      code: `curl '${origin}/mp/collect?measurement_id=G-1&api_secret=${key}' \\
  -d '{"client_id":"c1","user_id":"u1","events":[{"name":"purchase","params":{"value":19.9,"event_id":"1"}}]}'

# Google's own tag keeps its address: send from your server to ${host}.`,
    },
  ]
}

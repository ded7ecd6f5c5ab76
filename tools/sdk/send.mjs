// Sends with SDKs from Node, unmodified. Arguments: which SDK, the server's address, a write key, a run's name.
import { createRequire } from "node:module"

const [sdk, host, key, run] = process.argv.slice(2)
const need = createRequire(`${process.env.KAIBO_SDK}/node/`)
const at = new Date("2026-11-01T08:00:00.123Z")

const senders = {
  async segment() {
    const { Analytics } = need("@segment/analytics-node")
    const analytics = new Analytics({ writeKey: key, host, maxEventsInBatch: 3, maxRetries: 2 })
    const failed = []
    analytics.on("error", (error) => failed.push(error))
    const who = { userId: "segment-node-u" }
    analytics.track({ ...who, event: "OrderPaid", messageId: `${run}-1`, timestamp: at, properties: { price: 19.9 } })
    analytics.identify({ ...who, messageId: `${run}-2`, timestamp: at, traits: { plan: "pro" } })
    analytics.page({ anonymousId: "segment-node-a", messageId: `${run}-3`, timestamp: at, name: "Home" })
    analytics.group({ ...who, groupId: "g1", messageId: `${run}-4`, timestamp: at })
    analytics.alias({ ...who, previousId: "segment-node-a", messageId: `${run}-5`, timestamp: at })
    await analytics.closeAndFlush({ timeout: 10_000 })
    if (failed.length) throw failed[0]
  },
  async rudder() {
    const Analytics = need("@rudderstack/rudder-sdk-node")
    const client = new (Analytics.default ?? Analytics)(key, { dataPlaneUrl: host, flushAt: 20, gzip: true, logLevel: "error" })
    const who = { userId: "rudder-node-u" }
    client.track({ ...who, event: "OrderPaid", messageId: `${run}-1`, originalTimestamp: at, properties: { price: 19.9 } })
    client.identify({ ...who, messageId: `${run}-2`, originalTimestamp: at, traits: { plan: "pro" } })
    client.screen({ anonymousId: "rudder-node-a", messageId: `${run}-3`, originalTimestamp: at, name: "Home" })
    await new Promise((done, fail) => client.flush((error) => (error ? fail(error) : done())))
  },
  async posthog() {
    const { PostHog } = need("posthog-node")
    const client = new PostHog(key, { host, flushAt: 20, fetchRetryCount: 2, fetchRetryDelay: 200 })
    const distinctId = "posthog-node-u"
    client.capture({ distinctId, event: "OrderPaid", uuid: uuid(1), timestamp: at, properties: { price: 19.9 } })
    client.identify({ distinctId, properties: { plan: "pro" } })
    client.groupIdentify({ groupType: "shop", groupKey: "g1", properties: { size: 3 }, distinctId })
    client.alias({ distinctId, alias: "posthog-node-old" })
    const flag = await client.getFeatureFlag("new-page", distinctId)
    if (flag) throw new Error(`there are no flags, not ${flag}`)
    await client.shutdown(10_000)
  },
  async cloudevents() {
    const { CloudEvent, HTTP, emitterFor, httpTransport } = need("cloudevents")
    const event = (id) => new CloudEvent({
      id: `${run}-${id}`, source: "/shop", type: "OrderPaid", time: at.toISOString(), userid: "cloudevents-node-u", data: { price: 19.9 },
    })
    const send = emitterFor(httpTransport(`${host}/cloudevents/${key}`))
    await send(event(1))
    await send(event(2), { mode: "structured" })
    const post = async (message) => {
      const answer = await fetch(`${host}/cloudevents`, {
        method: "POST", headers: { ...message.headers, authorization: `Bearer ${key}` }, body: message.body,
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    }
    await post(HTTP.binary(event(3)))
    await post(HTTP.structured(event(3)))
  },
}

function uuid(n) {
  const hex = Buffer.from(`${run}-${n}`.padEnd(16, "0")).toString("hex").slice(0, 32)
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, "$1-$2-4$3-8$4-$5")
}

await senders[sdk]()

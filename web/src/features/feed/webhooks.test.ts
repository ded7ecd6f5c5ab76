import { describe, expect, it } from "vitest"
import { isFailure, mayReplay, stateOf, type Delivery, type Webhook } from "./webhooks"

const webhook: Webhook = { id: "a", name: "a", url: "https://example.org/", all_teams: true, events: [], masked: false, enabled: true, created_at_ms: 0, waiting: 0, dead: 0 }
const delivery: Delivery = { id: "a", event: "RoomShared", event_id: "evt_1_0", state: "dead", attempts: 1, answer: "", took_ms: 1, created_at_ms: 0, attempted_at_ms: 0 }

describe("a webhook", () => {
  it("says why it is off before it says that it fails", () => {
    expect(stateOf(webhook)).toBe("on")
    expect(stateOf({ ...webhook, failing_since_ms: 1 })).toBe("failing")
    expect(stateOf({ ...webhook, enabled: false, failing_since_ms: 1 })).toBe("off")
    expect(stateOf({ ...webhook, enabled: false, disabled: "gone" })).toBe("gone")
    expect(stateOf({ ...webhook, enabled: false, disabled: "failing" })).toBe("given_up")
  })

  it("sends again what happened and does not wait", () => {
    expect(mayReplay(delivery)).toBe(true)
    expect(mayReplay({ ...delivery, state: "waiting" })).toBe(false)
    expect(mayReplay({ ...delivery, event: "WebhookTested" })).toBe(false)
  })

  it("has words for what is known", () => {
    expect(isFailure("timeout")).toBe(true)
    expect(isFailure("something_new")).toBe(false)
  })
})

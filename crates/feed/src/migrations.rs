//! The tables of webhooks and of what was delivered to them.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_webhooks", sql: WEBHOOKS },
    // What was made before is masked until somebody who may see people says otherwise.
    Migration { name: "0002_masked", sql: "ALTER TABLE feed_webhooks ADD COLUMN masked BOOLEAN NOT NULL DEFAULT TRUE" },
];

const WEBHOOKS: &str = "CREATE TABLE feed_webhooks (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              all_teams BOOLEAN NOT NULL,
              name TEXT NOT NULL,
              url TEXT NOT NULL,
              events TEXT NOT NULL,
              secret_sealed TEXT NOT NULL,
              old_secret_sealed TEXT,
              old_secret_until_ms BIGINT,
              enabled BOOLEAN NOT NULL,
              disabled_reason TEXT,
              position BIGINT NOT NULL,
              failing_since_ms BIGINT,
              delivered_at_ms BIGINT,
              created_at_ms BIGINT NOT NULL);
          CREATE INDEX feed_webhooks_org ON feed_webhooks (org_id, id);

          CREATE TABLE feed_deliveries (
              id TEXT NOT NULL PRIMARY KEY,
              webhook_id TEXT NOT NULL,
              position BIGINT NOT NULL,
              event_id TEXT NOT NULL,
              event TEXT NOT NULL,
              state TEXT NOT NULL,
              attempts BIGINT NOT NULL,
              next_at_ms BIGINT,
              status BIGINT,
              failure TEXT,
              answer TEXT NOT NULL,
              took_ms BIGINT NOT NULL,
              created_at_ms BIGINT NOT NULL,
              attempted_at_ms BIGINT NOT NULL);
          CREATE UNIQUE INDEX feed_deliveries_webhook_id_event_id_key ON feed_deliveries (webhook_id, event_id);
          CREATE INDEX feed_deliveries_state ON feed_deliveries (webhook_id, state, next_at_ms);
          CREATE INDEX feed_deliveries_newest ON feed_deliveries (webhook_id, id);
          CREATE INDEX feed_deliveries_created ON feed_deliveries (created_at_ms);";

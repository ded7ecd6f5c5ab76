//! The keys of what people wrote.

use store::Migration;

/// One of a person and a period. `sealed` is the key under the installation's own, which `root` tells from others; `position` the
/// log's end when it was made: what it seals stands behind.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_keys",
    sql: "CREATE TABLE vault_keys (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              person TEXT NOT NULL,
              period INTEGER NOT NULL,
              root TEXT NOT NULL,
              sealed TEXT NOT NULL,
              position BIGINT NOT NULL);
          CREATE UNIQUE INDEX vault_keys_org_id_person_period_root_key ON vault_keys (org_id, person, period, root);
          CREATE INDEX vault_keys_period ON vault_keys (org_id, period);",
}];

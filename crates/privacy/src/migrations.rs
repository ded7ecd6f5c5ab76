//! The table of erasures.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_erasures",
    sql: "CREATE TABLE privacy_erasures (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              viewer TEXT NOT NULL,
              asked_by TEXT NOT NULL,
              asked_at_ms BIGINT NOT NULL,
              position BIGINT,
              keys_destroyed BIGINT NOT NULL,
              erased TEXT NOT NULL,
              done_at_ms BIGINT);
          CREATE INDEX privacy_erasures_org ON privacy_erasures (org_id, id);",
}];

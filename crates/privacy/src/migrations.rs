//! The tables of erasures, retention and holds.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[ERASURES, RETENTION];

const ERASURES: Migration = Migration {
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
};

/// How long what is kept, where an organisation set it; what went; and what is held, with the keys of what was written in held shows.
const RETENTION: Migration = Migration {
    name: "0002_retention",
    sql: "CREATE TABLE privacy_retention (
              org_id TEXT NOT NULL,
              class TEXT NOT NULL,
              days INTEGER NOT NULL,
              changed_at_ms BIGINT NOT NULL,
              changed_by TEXT NOT NULL,
              PRIMARY KEY (org_id, class));

          CREATE TABLE privacy_retention_runs (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              class TEXT NOT NULL,
              before_at_ms BIGINT NOT NULL,
              began_at_ms BIGINT NOT NULL,
              gone TEXT NOT NULL,
              done_at_ms BIGINT);
          CREATE INDEX privacy_retention_runs_org ON privacy_retention_runs (org_id, id);

          CREATE TABLE privacy_holds (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              viewer TEXT,
              broadcast_id TEXT,
              reason TEXT NOT NULL,
              placed_by TEXT NOT NULL,
              placed_at_ms BIGINT NOT NULL,
              released_by TEXT,
              released_at_ms BIGINT,
              looked_to BIGINT NOT NULL);
          CREATE INDEX privacy_holds_org ON privacy_holds (org_id, id);

          CREATE TABLE privacy_held_keys (
              hold_id TEXT NOT NULL,
              key_id TEXT NOT NULL,
              PRIMARY KEY (hold_id, key_id));",
};

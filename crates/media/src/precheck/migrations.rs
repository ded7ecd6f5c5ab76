//! The table of checks.

use store::Migration;

pub(super) const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_checks",
    sql: "CREATE TABLE precheck_checks (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              kind TEXT NOT NULL,
              state TEXT NOT NULL,
              result TEXT,
              measured TEXT NOT NULL,
              findings TEXT NOT NULL,
              created_at_ms BIGINT NOT NULL,
              finished_at_ms BIGINT);
          CREATE INDEX precheck_checks_room_id_idx ON precheck_checks (room_id, created_at_ms);
          CREATE INDEX precheck_checks_state_idx ON precheck_checks (state);",
}];

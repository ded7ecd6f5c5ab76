//! The table of alarms about the program itself.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_alarms",
    sql: "CREATE TABLE system_alarms (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              kind TEXT NOT NULL,
              value BIGINT NOT NULL,
              limit_value BIGINT NOT NULL,
              raised_at_ms BIGINT NOT NULL,
              cleared_at_ms BIGINT,
              acknowledged_at_ms BIGINT,
              acknowledged_by TEXT);
          CREATE INDEX system_alarms_newest ON system_alarms (org_id, raised_at_ms, id);
          CREATE INDEX system_alarms_cleared ON system_alarms (cleared_at_ms);",
}];

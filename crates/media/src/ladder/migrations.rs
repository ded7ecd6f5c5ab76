//! The table of rooms with a ladder.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_rooms",
    sql: "
CREATE TABLE ladder_rooms (
    room_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    rungs TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
",
}];

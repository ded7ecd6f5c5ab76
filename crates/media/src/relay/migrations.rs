//! The table of relay targets.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_targets",
    sql: "
CREATE TABLE relay_targets (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    stream_key_sealed TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX relay_targets_room_id_idx ON relay_targets (room_id, id);
",
}];

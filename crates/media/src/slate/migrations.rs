//! The table of what rooms have set about their slates.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_slates",
    sql: "
CREATE TABLE slate_rooms (
    room_id TEXT NOT NULL PRIMARY KEY,
    enabled BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    after_ms BIGINT NOT NULL,
    upload_id TEXT,
    upload_still BOOLEAN NOT NULL,
    upload_width BIGINT NOT NULL,
    upload_height BIGINT NOT NULL,
    upload_duration_ms BIGINT NOT NULL,
    upload_bytes BIGINT NOT NULL,
    uploaded_at_ms BIGINT,
    changed_at_ms BIGINT NOT NULL
);
",
}];

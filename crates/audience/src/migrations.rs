//! The tables of judgements, delivery and CDN logs.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_audit",
    sql: "
CREATE TABLE audience_judgements (
    broadcast_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    since_at_ms BIGINT NOT NULL,
    viewer TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    entered BOOLEAN NOT NULL,
    gone BOOLEAN NOT NULL,
    evidence TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, entry_id, since_at_ms)
);

CREATE TABLE audience_deliveries (
    room_id TEXT NOT NULL PRIMARY KEY,
    cdn BOOLEAN NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE audience_cdn_batches (
    broadcast_id TEXT NOT NULL,
    batch TEXT NOT NULL,
    report TEXT NOT NULL,
    imported_at_ms BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, batch)
);

CREATE TABLE audience_cdn_entries (
    broadcast_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    viewer TEXT NOT NULL,
    kind TEXT NOT NULL,
    ranges TEXT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, entry_id)
);
",
}];

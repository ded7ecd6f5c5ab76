//! The tables of lists, modes, what people review, and what follows from it.

use store::Migration;

pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_moderation", sql: MODERATION }, Migration { name: "0002_sanctions", sql: SANCTIONS }];

const MODERATION: &str = "
CREATE TABLE moderation_lists (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT,
    room_id TEXT,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    level TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    expires_at_ms BIGINT,
    revision BIGINT NOT NULL,
    words BIGINT NOT NULL,
    owner TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);
CREATE INDEX moderation_lists_org_id_idx ON moderation_lists (org_id, id);

CREATE TABLE moderation_words (
    list_id TEXT NOT NULL,
    word TEXT NOT NULL,
    category TEXT NOT NULL,
    level TEXT NOT NULL,
    flags TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (list_id, word)
);

CREATE TABLE moderation_rooms (
    room_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE moderation_items (
    position BIGINT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    viewer TEXT NOT NULL,
    key TEXT,
    shown_position BIGINT,
    text TEXT NOT NULL,
    nick TEXT,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    score_milli INTEGER,
    mode TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    tier INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until_ms BIGINT,
    outcome TEXT,
    clause TEXT,
    note TEXT,
    decided_by TEXT,
    decided_at_ms BIGINT,
    erased BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX moderation_items_state_idx ON moderation_items (org_id, state, due_at_ms);
CREATE INDEX moderation_items_viewer_idx ON moderation_items (org_id, viewer, position);
CREATE INDEX moderation_items_room_idx ON moderation_items (room_id, position);
";

const SANCTIONS: &str = "
CREATE TABLE moderation_sanctions (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    viewer TEXT,
    everywhere BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    clause TEXT NOT NULL,
    position BIGINT,
    tier INTEGER NOT NULL,
    strike INTEGER NOT NULL,
    as_proposed BOOLEAN NOT NULL,
    why TEXT,
    by_user TEXT,
    by_name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    until_ms BIGINT,
    evidence_from_ms BIGINT,
    evidence_to_ms BIGINT,
    state TEXT NOT NULL,
    mistaken BOOLEAN NOT NULL,
    changed_by TEXT,
    changed_at_ms BIGINT,
    changed_why TEXT,
    after_position BIGINT NOT NULL
);
CREATE INDEX moderation_sanctions_org_id_idx ON moderation_sanctions (org_id, id);
CREATE INDEX moderation_sanctions_viewer_idx ON moderation_sanctions (org_id, viewer, at_ms);
CREATE INDEX moderation_sanctions_state_idx ON moderation_sanctions (state, until_ms);
CREATE INDEX moderation_sanctions_position_idx ON moderation_sanctions (position);

CREATE TABLE moderation_appeals (
    id TEXT NOT NULL PRIMARY KEY,
    sanction_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    viewer TEXT NOT NULL,
    text TEXT NOT NULL,
    erased BOOLEAN NOT NULL,
    filed_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    late BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    decided_by TEXT,
    decided_at_ms BIGINT,
    after_position BIGINT NOT NULL
);
CREATE UNIQUE INDEX moderation_appeals_sanction_id_key ON moderation_appeals (sanction_id);
CREATE INDEX moderation_appeals_org_id_idx ON moderation_appeals (org_id, id);
CREATE INDEX moderation_appeals_state_idx ON moderation_appeals (state, due_at_ms);
CREATE INDEX moderation_appeals_viewer_idx ON moderation_appeals (org_id, viewer);
";

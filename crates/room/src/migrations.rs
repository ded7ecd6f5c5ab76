//! The tables of rooms, broadcasts and the danmaku archive.

use store::Migration;

pub const MIGRATIONS: &[Migration] =
    &[ROOMS, DANMAKU_TIMES, STREAM_SOURCE, TEAMS, DANMAKU_INDEX, DANMAKU_ERASED, DANMAKU_REMOVED, ADMISSIONS];

const ROOMS: Migration = Migration {
    name: "0001_rooms",
    sql: "
CREATE TABLE room_rooms (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    title TEXT NOT NULL,
    private BOOLEAN NOT NULL,
    stream_key_hash TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX room_rooms_stream_key_hash_key ON room_rooms (stream_key_hash);
CREATE INDEX room_rooms_org_id_idx ON room_rooms (org_id, id);

CREATE TABLE room_broadcasts (
    id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    platform TEXT,
    import_key TEXT,
    state TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    lost_at_ms BIGINT,
    first_position BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX room_broadcasts_room_id_idx ON room_broadcasts (room_id, created_at_ms);
CREATE INDEX room_broadcasts_state_idx ON room_broadcasts (state);
CREATE UNIQUE INDEX room_broadcasts_room_id_import_key_key ON room_broadcasts (room_id, import_key);

CREATE TABLE room_danmaku (
    position BIGINT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    occurred_at_ms BIGINT NOT NULL,
    offset_ms BIGINT,
    viewer TEXT NOT NULL,
    nick TEXT,
    text TEXT NOT NULL,
    mode INTEGER NOT NULL,
    color INTEGER NOT NULL,
    size INTEGER NOT NULL,
    source TEXT NOT NULL,
    key TEXT
);
CREATE INDEX room_danmaku_broadcast_id_idx ON room_danmaku (broadcast_id, position);
",
};

/// A replay reads danmaku by their time, not by their order in the log.
const DANMAKU_TIMES: Migration = Migration {
    name: "0002_danmaku_times",
    sql: "
CREATE INDEX room_danmaku_broadcast_id_occurred_at_idx ON room_danmaku (broadcast_id, occurred_at_ms);
CREATE INDEX room_danmaku_broadcast_id_offset_idx ON room_danmaku (broadcast_id, offset_ms);
",
};

/// What a show's picture is made from.
const STREAM_SOURCE: Migration = Migration {
    name: "0003_stream_source",
    sql: "
ALTER TABLE room_broadcasts ADD COLUMN stream_source TEXT;
",
};

/// A team lists its own rooms among everybody's.
const TEAMS: Migration = Migration {
    name: "0004_teams",
    sql: "
CREATE INDEX room_rooms_team_id_idx ON room_rooms (org_id, team_id, id);
",
};

/// What danmaku are searched by, made from the archive. On SQLite the table has no contents: only what is found by what.
const DANMAKU_INDEX: Migration = Migration {
    name: "0005_danmaku_index",
    sql: "
{sqlite: CREATE VIRTUAL TABLE room_danmaku_index USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii');}
{postgres: CREATE TABLE room_danmaku_index (position BIGINT NOT NULL PRIMARY KEY, terms INTEGER[] NOT NULL);
CREATE INDEX room_danmaku_index_terms_idx ON room_danmaku_index USING GIN (terms);}
CREATE TABLE room_danmaku_index_at (version INTEGER NOT NULL PRIMARY KEY, position BIGINT NOT NULL);
INSERT INTO room_danmaku_index_at (version, position) VALUES (1, 0);
",
};

/// Danmaku whose words are gone, and those of one viewer.
const DANMAKU_ERASED: Migration = Migration {
    name: "0006_danmaku_erased",
    sql: "
ALTER TABLE room_danmaku ADD COLUMN erased BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX room_danmaku_viewer_idx ON room_danmaku (viewer, position);
",
};

/// Danmaku that were taken off the screens: replays leave them out.
const DANMAKU_REMOVED: Migration = Migration {
    name: "0007_danmaku_removed",
    sql: "
ALTER TABLE room_danmaku ADD COLUMN removed BOOLEAN NOT NULL DEFAULT FALSE;
",
};

/// What organisations say of obstacles, and how it was decided about shows.
const ADMISSIONS: Migration = Migration {
    name: "0008_admissions",
    sql: "
CREATE TABLE room_admission_settings (
    org_id TEXT NOT NULL,
    code TEXT NOT NULL,
    action TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, code)
);

CREATE TABLE room_admissions (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT,
    outcome TEXT NOT NULL,
    obstacles TEXT NOT NULL,
    unanswered TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX room_admissions_room_id_idx ON room_admissions (room_id, id);
",
};

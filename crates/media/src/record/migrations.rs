//! The tables of recordings, their rules, clips and highlights.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_recordings", sql: RECORDINGS },
    Migration { name: "0002_pulse", sql: PULSE },
    Migration { name: "0003_uploads", sql: UPLOADS },
    Migration { name: "0004_replays_public", sql: REPLAYS_PUBLIC },
    Migration { name: "0005_evidence", sql: EVIDENCE },
];

const EVIDENCE: &str = "
CREATE TABLE record_evidence (
    id TEXT NOT NULL PRIMARY KEY,
    broadcast_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
";

const REPLAYS_PUBLIC: &str = "
ALTER TABLE record_rules ADD COLUMN replays_public BOOLEAN NOT NULL DEFAULT TRUE;
";

const UPLOADS: &str = "
CREATE TABLE record_uploads (
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    checksum BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT,
    local_gone_at_ms BIGINT,
    PRIMARY KEY (folder, name)
);
CREATE INDEX record_uploads_done_at_ms_idx ON record_uploads (done_at_ms, created_at_ms);
CREATE INDEX record_uploads_local_gone_at_ms_idx ON record_uploads (local_gone_at_ms, folder);
";

const PULSE: &str = "
CREATE TABLE record_pulse (
    broadcast_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    danmaku BIGINT NOT NULL,
    gift_milli BIGINT NOT NULL,
    likes BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, bucket)
);
CREATE TABLE record_pulse_position (
    id BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);
";

const RECORDINGS: &str = "
CREATE TABLE record_recordings (
    broadcast_id TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    duration_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    removed_at_ms BIGINT,
    removal_reason TEXT
);
CREATE INDEX record_recordings_room_id_idx ON record_recordings (room_id, started_at_ms);
CREATE INDEX record_recordings_state_idx ON record_recordings (state);

CREATE TABLE record_rules (
    room_id TEXT NOT NULL PRIMARY KEY,
    enabled BOOLEAN NOT NULL,
    keep_days BIGINT NOT NULL,
    keep_bytes BIGINT NOT NULL
);

CREATE TABLE record_clips (
    id TEXT NOT NULL PRIMARY KEY,
    broadcast_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    title TEXT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX record_clips_broadcast_id_idx ON record_clips (broadcast_id, id);
CREATE INDEX record_clips_created_at_ms_idx ON record_clips (created_at_ms);
";

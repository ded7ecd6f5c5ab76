//! The tables of stream quality.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_quality",
        sql: "
CREATE TABLE qoe_folded (
    name TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

CREATE TABLE qoe_plays (
    broadcast_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    play_id TEXT NOT NULL,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    viewer TEXT NOT NULL,
    device TEXT NOT NULL,
    os TEXT NOT NULL,
    browser TEXT NOT NULL,
    version TEXT NOT NULL,
    region TEXT NOT NULL,
    node TEXT NOT NULL,
    height INTEGER,
    bitrate_kbps INTEGER,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    first_position BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    played_ms BIGINT NOT NULL,
    stalls BIGINT NOT NULL,
    stalled_ms BIGINT NOT NULL,
    frames BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    shown BOOLEAN NOT NULL,
    first_frame_ms BIGINT,
    failure TEXT,
    broken BOOLEAN NOT NULL,
    latency TEXT NOT NULL,
    latency_worst_ms BIGINT,
    minute BIGINT NOT NULL,
    minute_stalled BOOLEAN NOT NULL,
    PRIMARY KEY (broadcast_id, entry_id, play_id)
);
CREATE INDEX qoe_plays_org_id_idx ON qoe_plays (org_id, first_at_ms);
CREATE INDEX qoe_plays_last_at_idx ON qoe_plays (last_at_ms);

CREATE TABLE qoe_minutes (
    broadcast_id TEXT NOT NULL,
    minute BIGINT NOT NULL,
    plays BIGINT NOT NULL,
    stalled_plays BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    played_ms BIGINT NOT NULL,
    stalls BIGINT NOT NULL,
    stalled_ms BIGINT NOT NULL,
    frames BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    first_frame TEXT NOT NULL,
    latency TEXT NOT NULL,
    PRIMARY KEY (broadcast_id, minute)
);
CREATE INDEX qoe_minutes_minute_idx ON qoe_minutes (minute);

CREATE TABLE qoe_ingest (
    broadcast_id TEXT NOT NULL,
    source TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    window_ms BIGINT NOT NULL,
    video_kbps BIGINT NOT NULL,
    audio_kbps BIGINT NOT NULL,
    fps_milli BIGINT NOT NULL,
    gop_ms BIGINT,
    gap_ms BIGINT NOT NULL,
    skew_ms BIGINT,
    jumps BIGINT NOT NULL,
    b_frames BOOLEAN NOT NULL,
    PRIMARY KEY (broadcast_id, source, at_ms)
);
CREATE INDEX qoe_ingest_at_idx ON qoe_ingest (at_ms);

CREATE TABLE qoe_alarms (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    broadcast_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT,
    value DOUBLE PRECISION NOT NULL,
    limit_value DOUBLE PRECISION NOT NULL,
    raised_at_ms BIGINT NOT NULL,
    cleared_at_ms BIGINT,
    acknowledged_at_ms BIGINT,
    acknowledged_by TEXT
);
CREATE INDEX qoe_alarms_org_id_idx ON qoe_alarms (org_id, raised_at_ms);
CREATE INDEX qoe_alarms_room_id_idx ON qoe_alarms (room_id, raised_at_ms);
CREATE INDEX qoe_alarms_cleared_at_idx ON qoe_alarms (cleared_at_ms);
",
    },
    Migration {
        name: "0002_shows_and_suspects",
        sql: "
ALTER TABLE qoe_plays ADD COLUMN suspect BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX qoe_plays_viewer_idx ON qoe_plays (broadcast_id, viewer);

CREATE TABLE qoe_suspects (
    broadcast_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, entry_id)
);
CREATE INDEX qoe_suspects_at_idx ON qoe_suspects (at_ms);

CREATE TABLE qoe_shows (
    broadcast_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    sums TEXT NOT NULL
);
CREATE INDEX qoe_shows_org_id_idx ON qoe_shows (org_id, first_at_ms);
CREATE INDEX qoe_shows_last_at_idx ON qoe_shows (last_at_ms);
",
    },
];

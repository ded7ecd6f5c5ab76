//! The tables of the library, of findings, of what was done about them, and of what was said.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_patrol", sql: PATROL }, Migration { name: "0002_speech", sql: SPEECH }];

const PATROL: &str = "CREATE TABLE patrol_samples (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT,
              name TEXT NOT NULL,
              category TEXT NOT NULL,
              level TEXT NOT NULL,
              source TEXT NOT NULL,
              prints TEXT NOT NULL,
              enabled BOOLEAN NOT NULL,
              added_by TEXT NOT NULL,
              added_at_ms BIGINT NOT NULL);
          CREATE UNIQUE INDEX patrol_samples_org_id_prints_key ON patrol_samples (org_id, prints);

          CREATE TABLE patrol_findings (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              broadcast_id TEXT NOT NULL,
              kind TEXT NOT NULL,
              level TEXT NOT NULL,
              label TEXT NOT NULL,
              name TEXT NOT NULL,
              sample_id TEXT,
              score_milli BIGINT NOT NULL,
              at_ms BIGINT NOT NULL,
              last_at_ms BIGINT NOT NULL,
              times BIGINT NOT NULL,
              prints TEXT,
              picture BOOLEAN NOT NULL,
              state TEXT NOT NULL,
              decided_by TEXT,
              decided_at_ms BIGINT,
              why TEXT);
          CREATE INDEX patrol_findings_org ON patrol_findings (org_id, id);
          CREATE INDEX patrol_findings_broadcast ON patrol_findings (broadcast_id, last_at_ms);
          CREATE INDEX patrol_findings_picture ON patrol_findings (picture, at_ms);

          CREATE TABLE patrol_warnings (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              broadcast_id TEXT NOT NULL,
              finding_id TEXT,
              text TEXT NOT NULL,
              warned_by TEXT NOT NULL,
              warned_at_ms BIGINT NOT NULL,
              read_by TEXT,
              read_at_ms BIGINT);
          CREATE INDEX patrol_warnings_broadcast ON patrol_warnings (broadcast_id, id);

          CREATE TABLE patrol_interruptions (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              broadcast_id TEXT NOT NULL,
              finding_id TEXT,
              clause TEXT NOT NULL,
              why TEXT NOT NULL,
              interrupted_by TEXT NOT NULL,
              interrupted_at_ms BIGINT NOT NULL);
          CREATE UNIQUE INDEX patrol_interruptions_broadcast_id_key ON patrol_interruptions (broadcast_id);";

const SPEECH: &str = "ALTER TABLE patrol_findings ADD COLUMN from_ms BIGINT;
          ALTER TABLE patrol_findings ADD COLUMN to_ms BIGINT;
          ALTER TABLE patrol_findings ADD COLUMN said TEXT;

          CREATE TABLE patrol_transcripts (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              broadcast_id TEXT NOT NULL,
              from_ms BIGINT NOT NULL,
              to_ms BIGINT NOT NULL,
              said_at_ms BIGINT NOT NULL,
              text TEXT NOT NULL,
              engine TEXT NOT NULL,
              marks TEXT);
          CREATE INDEX patrol_transcripts_broadcast ON patrol_transcripts (broadcast_id, from_ms, id);
          CREATE INDEX patrol_transcripts_org ON patrol_transcripts (org_id, said_at_ms);";

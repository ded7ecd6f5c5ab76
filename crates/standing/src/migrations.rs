//! The tables of hosts, blacklist and faults.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[STANDING, PROVIDER, ACCOUNTS];

const STANDING: Migration = Migration {
    name: "0001_standing",
    sql: "CREATE TABLE standing_hosts (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              name TEXT NOT NULL,
              state TEXT NOT NULL,
              identity TEXT,
              digest TEXT,
              guardian BOOLEAN NOT NULL,
              submitted_by TEXT,
              submitted_at_ms BIGINT,
              decided_by TEXT,
              decided_at_ms BIGINT,
              decision_note TEXT NOT NULL,
              expires_at_ms BIGINT,
              erased_at_ms BIGINT,
              created_by TEXT NOT NULL,
              created_at_ms BIGINT NOT NULL);
          CREATE INDEX standing_hosts_org ON standing_hosts (org_id, id);
          CREATE INDEX standing_hosts_digest ON standing_hosts (org_id, digest);

          CREATE TABLE standing_host_rooms (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              host_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              since_ms BIGINT NOT NULL,
              until_ms BIGINT);
          CREATE INDEX standing_host_rooms_host ON standing_host_rooms (host_id);
          CREATE INDEX standing_host_rooms_room ON standing_host_rooms (room_id);

          CREATE TABLE standing_blacklist (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              digest TEXT NOT NULL,
              live_digest TEXT,
              clause TEXT NOT NULL,
              note TEXT NOT NULL,
              source TEXT NOT NULL,
              until_ms BIGINT,
              state TEXT NOT NULL,
              asked_by TEXT NOT NULL,
              asked_at_ms BIGINT NOT NULL,
              decided_by TEXT,
              decided_at_ms BIGINT);
          CREATE UNIQUE INDEX standing_blacklist_org_id_live_digest_key ON standing_blacklist (org_id, live_digest);
          CREATE INDEX standing_blacklist_org ON standing_blacklist (org_id, id);

          CREATE TABLE standing_settings (
              org_id TEXT NOT NULL PRIMARY KEY,
              valid_days INTEGER NOT NULL,
              low_score INTEGER NOT NULL,
              changed_by TEXT NOT NULL,
              changed_at_ms BIGINT NOT NULL);

          CREATE TABLE standing_faults (
              source TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              broadcast_id TEXT,
              kind TEXT NOT NULL,
              clause TEXT NOT NULL,
              points_milli BIGINT NOT NULL,
              at_ms BIGINT NOT NULL,
              stands BOOLEAN NOT NULL,
              changed_position BIGINT NOT NULL);
          CREATE INDEX standing_faults_room ON standing_faults (room_id, at_ms);

          CREATE TABLE standing_rejects (
              position BIGINT NOT NULL PRIMARY KEY,
              room_id TEXT NOT NULL,
              day BIGINT NOT NULL);
          CREATE INDEX standing_rejects_room ON standing_rejects (room_id, day);

          CREATE TABLE standing_danmaku (
              room_id TEXT NOT NULL,
              day BIGINT NOT NULL,
              org_id TEXT NOT NULL,
              sent BIGINT NOT NULL,
              PRIMARY KEY (room_id, day));

          CREATE TABLE standing_reader (
              id INTEGER NOT NULL PRIMARY KEY,
              position BIGINT NOT NULL);",
};

/// Who is asked about real names, and what it said.
const PROVIDER: Migration = Migration {
    name: "0002_provider",
    sql: "CREATE TABLE standing_providers (
              org_id TEXT NOT NULL PRIMARY KEY,
              url TEXT NOT NULL,
              auth TEXT NOT NULL,
              secret TEXT NOT NULL,
              with_person BOOLEAN NOT NULL,
              enabled BOOLEAN NOT NULL,
              changed_by TEXT NOT NULL,
              changed_at_ms BIGINT NOT NULL);

          CREATE TABLE standing_checks (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              host_id TEXT NOT NULL,
              submitted_at_ms BIGINT NOT NULL,
              state TEXT NOT NULL,
              reference TEXT NOT NULL,
              failure TEXT NOT NULL,
              attempts INTEGER NOT NULL,
              next_at_ms BIGINT NOT NULL,
              asked_at_ms BIGINT NOT NULL,
              answered_at_ms BIGINT);
          CREATE INDEX standing_checks_state ON standing_checks (state, next_at_ms);
          CREATE INDEX standing_checks_host ON standing_checks (host_id, id);",
};

/// Which account of the staff a host is.
const ACCOUNTS: Migration = Migration {
    name: "0003_accounts",
    sql: "ALTER TABLE standing_hosts ADD COLUMN staff_id TEXT;
          CREATE UNIQUE INDEX standing_hosts_org_id_staff_id_key ON standing_hosts (org_id, staff_id);",
};

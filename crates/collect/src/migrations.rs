//! The tables of sources, of what was not taken from them, and of imports.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_sources",
    sql: "CREATE TABLE collect_sources (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              name TEXT NOT NULL,
              kind TEXT NOT NULL,
              key_hash TEXT NOT NULL,
              old_key_hash TEXT,
              old_key_until_ms BIGINT,
              enabled BOOLEAN NOT NULL,
              events_per_s BIGINT NOT NULL,
              plan TEXT NOT NULL,
              created_at_ms BIGINT NOT NULL,
              last_seen_at_ms BIGINT,
              accepted BIGINT NOT NULL,
              duplicates BIGINT NOT NULL,
              rejected BIGINT NOT NULL,
              limited BIGINT NOT NULL);
          CREATE UNIQUE INDEX collect_sources_key_hash_key ON collect_sources (key_hash);
          CREATE INDEX collect_sources_org ON collect_sources (org_id, id);

          CREATE TABLE collect_quarantine (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              source_id TEXT NOT NULL,
              fingerprint TEXT NOT NULL,
              edge TEXT NOT NULL,
              code TEXT NOT NULL,
              reason TEXT NOT NULL,
              item TEXT NOT NULL,
              cut BOOLEAN NOT NULL,
              user_agent TEXT,
              sent_at_ms BIGINT,
              received_at_ms BIGINT NOT NULL,
              edited_at_ms BIGINT,
              replayed_at_ms BIGINT);
          CREATE UNIQUE INDEX collect_quarantine_source_id_fingerprint_key ON collect_quarantine (source_id, fingerprint);
          CREATE INDEX collect_quarantine_source ON collect_quarantine (source_id, id);
          CREATE INDEX collect_quarantine_received ON collect_quarantine (received_at_ms);",
},
    Migration {
        name: "0002_imports",
        sql: "CREATE TABLE collect_imports (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              team_id TEXT NOT NULL,
              room_id TEXT NOT NULL,
              broadcast_id TEXT NOT NULL,
              file TEXT NOT NULL,
              bytes BIGINT NOT NULL,
              format TEXT NOT NULL,
              platform TEXT NOT NULL,
              title TEXT NOT NULL,
              state TEXT NOT NULL,
              report TEXT NOT NULL,
              created_at_ms BIGINT NOT NULL,
              finished_at_ms BIGINT);
          CREATE INDEX collect_imports_room ON collect_imports (room_id, id);

          CREATE TABLE collect_mappings (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              platform TEXT NOT NULL,
              fingerprint TEXT NOT NULL,
              mapping TEXT NOT NULL,
              used_at_ms BIGINT NOT NULL);
          CREATE UNIQUE INDEX collect_mappings_org_id_platform_fingerprint_key
              ON collect_mappings (org_id, platform, fingerprint);",
    },
];

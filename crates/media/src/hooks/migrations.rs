//! The tables of outside media servers and of what is published there.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_servers",
        sql: "
CREATE TABLE hooks_servers (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    allowed TEXT NOT NULL,
    pull_url TEXT,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX hooks_servers_org_id_idx ON hooks_servers (org_id, id);

CREATE TABLE hooks_streams (
    id TEXT NOT NULL PRIMARY KEY,
    server_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    app TEXT NOT NULL,
    name_sealed TEXT NOT NULL,
    published_at_ms BIGINT NOT NULL
);
CREATE INDEX hooks_streams_server_id_idx ON hooks_streams (server_id);
",
    },
    Migration {
        name: "0002_pull_query",
        sql: "
ALTER TABLE hooks_servers ADD COLUMN pull_query_sealed TEXT;
",
    },
];

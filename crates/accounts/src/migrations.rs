//! The tables of accounts.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_accounts",
    sql: "CREATE TABLE accounts_orgs (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, created_at_ms BIGINT NOT NULL);

          CREATE TABLE accounts_teams (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL REFERENCES accounts_orgs (id),
              name TEXT NOT NULL,
              created_at_ms BIGINT NOT NULL);
          CREATE UNIQUE INDEX accounts_teams_org_id_name_key ON accounts_teams (org_id, name);

          CREATE TABLE accounts_users (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL REFERENCES accounts_orgs (id),
              team_id TEXT REFERENCES accounts_teams (id),
              login TEXT NOT NULL,
              name TEXT NOT NULL,
              role TEXT NOT NULL,
              password TEXT NOT NULL,
              must_change_password BOOLEAN NOT NULL,
              created_at_ms BIGINT NOT NULL,
              disabled_at_ms BIGINT);
          CREATE UNIQUE INDEX accounts_users_login_key ON accounts_users (login);

          CREATE TABLE accounts_tokens (
              id TEXT NOT NULL PRIMARY KEY,
              hash TEXT NOT NULL,
              kind TEXT NOT NULL,
              user_id TEXT REFERENCES accounts_users (id),
              name TEXT NOT NULL,
              role TEXT NOT NULL,
              scopes TEXT NOT NULL,
              org_id TEXT NOT NULL REFERENCES accounts_orgs (id),
              team_id TEXT REFERENCES accounts_teams (id),
              created_at_ms BIGINT NOT NULL,
              expires_at_ms BIGINT,
              last_used_at_ms BIGINT,
              revoked_at_ms BIGINT);
          CREATE UNIQUE INDEX accounts_tokens_hash_key ON accounts_tokens (hash);
          CREATE INDEX accounts_tokens_org ON accounts_tokens (org_id, kind, created_at_ms);
          CREATE INDEX accounts_tokens_user ON accounts_tokens (user_id);

          CREATE TABLE accounts_audit (
              id {auto_id},
              at_ms BIGINT NOT NULL,
              org_id TEXT,
              team_id TEXT,
              actor_id TEXT,
              actor TEXT NOT NULL,
              action TEXT NOT NULL,
              target TEXT NOT NULL,
              from_ip TEXT NOT NULL);
          CREATE INDEX accounts_audit_org ON accounts_audit (org_id, at_ms);",
}];

//! The tables of accounts.

use store::Migration;

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
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
},
    Migration {
        name: "0002_regions_staff_second_factor",
        sql: "CREATE TABLE accounts_regions (
                  id TEXT NOT NULL PRIMARY KEY,
                  org_id TEXT NOT NULL REFERENCES accounts_orgs (id),
                  name TEXT NOT NULL,
                  created_at_ms BIGINT NOT NULL);
              CREATE UNIQUE INDEX accounts_regions_org_id_name_key ON accounts_regions (org_id, name);
              ALTER TABLE accounts_teams ADD COLUMN region_id TEXT REFERENCES accounts_regions (id);
              ALTER TABLE accounts_users ADD COLUMN region_id TEXT REFERENCES accounts_regions (id);
              ALTER TABLE accounts_tokens ADD COLUMN region_id TEXT REFERENCES accounts_regions (id);
              ALTER TABLE accounts_tokens ADD COLUMN device TEXT NOT NULL DEFAULT '';
              ALTER TABLE accounts_tokens ADD COLUMN from_ip TEXT NOT NULL DEFAULT '';
              ALTER TABLE accounts_tokens ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
              ALTER TABLE accounts_orgs ADD COLUMN second_factor_roles TEXT NOT NULL DEFAULT '';

              CREATE TABLE accounts_links (
                  id TEXT NOT NULL PRIMARY KEY,
                  hash TEXT NOT NULL,
                  kind TEXT NOT NULL,
                  user_id TEXT NOT NULL REFERENCES accounts_users (id),
                  created_at_ms BIGINT NOT NULL,
                  expires_at_ms BIGINT NOT NULL,
                  used_at_ms BIGINT);
              CREATE UNIQUE INDEX accounts_links_hash_key ON accounts_links (hash);
              CREATE INDEX accounts_links_user ON accounts_links (user_id);

              CREATE TABLE accounts_second_factors (
                  user_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts_users (id),
                  sealed TEXT NOT NULL,
                  last_step BIGINT NOT NULL,
                  created_at_ms BIGINT NOT NULL,
                  confirmed_at_ms BIGINT);
              CREATE TABLE accounts_recovery_codes (
                  hash TEXT NOT NULL PRIMARY KEY,
                  user_id TEXT NOT NULL REFERENCES accounts_users (id),
                  used_at_ms BIGINT);
              CREATE INDEX accounts_recovery_codes_user ON accounts_recovery_codes (user_id);",
    },
    Migration {
        name: "0003_audit_chain",
        sql: "ALTER TABLE accounts_audit ADD COLUMN seq BIGINT;
              ALTER TABLE accounts_audit ADD COLUMN region_id TEXT;
              ALTER TABLE accounts_audit ADD COLUMN before_json TEXT;
              ALTER TABLE accounts_audit ADD COLUMN after_json TEXT;
              ALTER TABLE accounts_audit ADD COLUMN hash TEXT;
              CREATE UNIQUE INDEX accounts_audit_seq_key ON accounts_audit (seq);
              CREATE TABLE accounts_audit_head (
                  id BIGINT NOT NULL PRIMARY KEY,
                  seq BIGINT NOT NULL,
                  hash TEXT NOT NULL,
                  told_seq BIGINT NOT NULL,
                  told_at_ms BIGINT NOT NULL);",
    },
    Migration {
        name: "0004_single_sign_on",
        sql: "ALTER TABLE accounts_users ADD COLUMN email TEXT;
              ALTER TABLE accounts_users ADD COLUMN sso_only BOOLEAN NOT NULL DEFAULT FALSE;
              ALTER TABLE accounts_users ADD COLUMN joined_at_ms BIGINT;
              UPDATE accounts_users SET joined_at_ms = created_at_ms WHERE password <> '';
              CREATE UNIQUE INDEX accounts_users_org_id_email_key ON accounts_users (org_id, email);
              ALTER TABLE accounts_tokens ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;

              CREATE TABLE accounts_sso_providers (
                  id TEXT NOT NULL PRIMARY KEY,
                  org_id TEXT NOT NULL REFERENCES accounts_orgs (id),
                  name TEXT NOT NULL,
                  issuer TEXT NOT NULL,
                  client_id TEXT NOT NULL,
                  client_secret TEXT NOT NULL,
                  policy TEXT NOT NULL,
                  enabled BOOLEAN NOT NULL,
                  created_at_ms BIGINT NOT NULL);
              CREATE UNIQUE INDEX accounts_sso_providers_org_id_name_key ON accounts_sso_providers (org_id, name);

              CREATE TABLE accounts_sso_identities (
                  id TEXT NOT NULL PRIMARY KEY,
                  provider_id TEXT NOT NULL REFERENCES accounts_sso_providers (id),
                  user_id TEXT NOT NULL REFERENCES accounts_users (id),
                  subject TEXT NOT NULL,
                  shown TEXT NOT NULL,
                  follows_groups BOOLEAN NOT NULL,
                  created_at_ms BIGINT NOT NULL,
                  last_used_at_ms BIGINT);
              CREATE UNIQUE INDEX accounts_sso_identities_provider_id_subject_key
                  ON accounts_sso_identities (provider_id, subject);
              CREATE UNIQUE INDEX accounts_sso_identities_provider_id_user_id_key
                  ON accounts_sso_identities (provider_id, user_id);
              CREATE INDEX accounts_sso_identities_user ON accounts_sso_identities (user_id);

              CREATE TABLE accounts_sso_attempts (
                  state_hash TEXT NOT NULL PRIMARY KEY,
                  browser_hash TEXT NOT NULL,
                  provider_id TEXT NOT NULL,
                  user_id TEXT,
                  redirect_uri TEXT NOT NULL,
                  stage TEXT NOT NULL,
                  expires_at_ms BIGINT NOT NULL);",
    },
    // Where the log begins by now, and up to which row it holds what which rule of masking keeps.
    Migration {
        name: "0005_audit_age",
        sql: "ALTER TABLE accounts_audit_head ADD COLUMN cut_seq BIGINT NOT NULL DEFAULT 0;
              ALTER TABLE accounts_audit_head ADD COLUMN cut_hash TEXT NOT NULL DEFAULT '';
              ALTER TABLE accounts_audit_head ADD COLUMN masked_rule BIGINT NOT NULL DEFAULT 0;
              ALTER TABLE accounts_audit_head ADD COLUMN masked_seq BIGINT NOT NULL DEFAULT 0;",
    },
];

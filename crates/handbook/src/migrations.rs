//! The tables of the handbook.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_handbook",
    sql: "CREATE TABLE handbook_orgs (org_id TEXT NOT NULL PRIMARY KEY, begun_at_ms BIGINT NOT NULL);

          CREATE TABLE handbook_items (
              org_id TEXT NOT NULL,
              kind TEXT NOT NULL,
              code TEXT NOT NULL,
              version BIGINT NOT NULL,
              body TEXT NOT NULL,
              changed_by TEXT NOT NULL,
              changed_at_ms BIGINT NOT NULL,
              PRIMARY KEY (org_id, kind, code));

          CREATE TABLE handbook_versions (
              org_id TEXT NOT NULL,
              number BIGINT NOT NULL,
              note TEXT NOT NULL,
              articles TEXT NOT NULL,
              published_by TEXT NOT NULL,
              published_at_ms BIGINT NOT NULL,
              PRIMARY KEY (org_id, number));

          CREATE TABLE handbook_readings (
              org_id TEXT NOT NULL,
              staff TEXT NOT NULL,
              number BIGINT NOT NULL,
              read_at_ms BIGINT NOT NULL,
              PRIMARY KEY (org_id, staff, number));

          CREATE TABLE handbook_sittings (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              staff TEXT NOT NULL,
              exam TEXT NOT NULL,
              exam_version BIGINT NOT NULL,
              seed BIGINT NOT NULL,
              paper TEXT NOT NULL,
              pass_milli BIGINT NOT NULL,
              valid_days BIGINT NOT NULL,
              begun_at_ms BIGINT NOT NULL,
              due_at_ms BIGINT NOT NULL,
              ended_at_ms BIGINT,
              score_milli BIGINT,
              passed BOOLEAN);
          CREATE INDEX handbook_sittings_staff ON handbook_sittings (org_id, staff, exam, begun_at_ms);
          CREATE INDEX handbook_sittings_due ON handbook_sittings (ended_at_ms, due_at_ms);

          CREATE TABLE handbook_answers (
              sitting_id TEXT NOT NULL REFERENCES handbook_sittings (id),
              number BIGINT NOT NULL,
              question TEXT NOT NULL,
              chosen TEXT NOT NULL,
              is_right BOOLEAN,
              answered_at_ms BIGINT NOT NULL,
              PRIMARY KEY (sitting_id, number));

          CREATE TABLE handbook_causes (
              org_id TEXT NOT NULL,
              cause TEXT NOT NULL,
              kind TEXT NOT NULL,
              team_id TEXT,
              room_id TEXT,
              clause TEXT NOT NULL,
              by_whom TEXT NOT NULL,
              position BIGINT NOT NULL,
              at_ms BIGINT NOT NULL,
              PRIMARY KEY (org_id, cause));
          CREATE INDEX handbook_causes_team ON handbook_causes (org_id, kind, team_id, clause, at_ms);

          CREATE TABLE handbook_assignments (
              id TEXT NOT NULL PRIMARY KEY,
              org_id TEXT NOT NULL,
              staff TEXT NOT NULL,
              rule TEXT NOT NULL,
              cause TEXT NOT NULL,
              exam TEXT NOT NULL,
              articles TEXT NOT NULL,
              reason TEXT NOT NULL,
              clause TEXT NOT NULL,
              room_id TEXT,
              position BIGINT NOT NULL,
              assigned_at_ms BIGINT NOT NULL,
              due_at_ms BIGINT NOT NULL,
              done_at_ms BIGINT,
              dismissed_at_ms BIGINT);
          CREATE UNIQUE INDEX handbook_assignments_org_id_staff_rule_cause_key
              ON handbook_assignments (org_id, staff, rule, cause);

          CREATE TABLE handbook_policy_texts (
              org_id TEXT NOT NULL,
              policy TEXT NOT NULL,
              number BIGINT NOT NULL,
              text TEXT NOT NULL,
              added_by TEXT NOT NULL,
              added_at_ms BIGINT NOT NULL,
              PRIMARY KEY (org_id, policy, number));",
}];

//! The table of answers that may be asked for again.

use store::Migration;

pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_answers",
    sql: "CREATE TABLE api_answers (
              id TEXT NOT NULL PRIMARY KEY,
              fingerprint TEXT NOT NULL,
              state TEXT NOT NULL,
              status BIGINT,
              content_type TEXT,
              body_sealed TEXT,
              begun_at_ms BIGINT NOT NULL);
          CREATE INDEX api_answers_begun ON api_answers (begun_at_ms);",
}];

//! Is the database sound? Looks, never writes.

use crate::{Store, postgres};
use anyhow::Context;
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

/// `ok`, or what is wrong: SQLite's `quick_check` of the file, or what PostgreSQL noticed about this database's pages and whether
/// it is set up to keep what it acknowledges.
pub async fn check(url: &str) -> anyhow::Result<String> {
    let opening = || format!("opening the database `{}`", Store::shown(url));
    if postgres::is_ours(url) {
        return check_postgres(url).await.with_context(opening);
    }
    let path = url.strip_prefix("sqlite://").unwrap_or(url);
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.with_context(|| format!("opening `{path}`"))?;
    let lines: Vec<String> =
        sqlx::query_scalar("PRAGMA quick_check").fetch_all(&mut connection).await.context("checking the database")?;
    connection.close().await.ok();
    Ok(lines.join("; "))
}

async fn check_postgres(url: &str) -> anyhow::Result<String> {
    let mut connection = postgres::options(url)?.connect().await?;
    let careless =
        "SELECT name || ' is off' FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'
                    UNION ALL SELECT checksum_failures || ' pages with a wrong checksum' FROM pg_stat_database
                    WHERE datname = current_database() AND checksum_failures > 0";
    let wrong: Vec<String> = sqlx::query_scalar(careless).fetch_all(&mut connection).await?;
    connection.close().await.ok();
    Ok(if wrong.is_empty() { "ok".into() } else { wrong.join("; ") })
}

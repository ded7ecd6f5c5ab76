//! Is the database file sound? Looks, never writes.

use anyhow::Context;
use sea_orm::sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// SQLite's `quick_check` of the file: `ok`, or what is wrong.
pub async fn check(path: &Path) -> anyhow::Result<String> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.with_context(|| format!("opening `{}`", path.display()))?;
    let lines: Vec<String> = sea_orm::sqlx::query_scalar("PRAGMA quick_check")
        .fetch_all(&mut connection)
        .await
        .context("checking the database")?;
    connection.close().await.ok();
    Ok(lines.join("; "))
}

//! Opening SQLite: one writer, readers apart, everything acknowledged is on disk.

use anyhow::{Context, bail};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 4;

/// The writer's pool of one connection and the readers' pool.
pub(crate) async fn pools(url: &str) -> anyhow::Result<(DatabaseConnection, DatabaseConnection)> {
    let path = sqlite_path(url)?;
    create_private(&path)?;
    let writer = connect(&path, Role::Writer).await?;
    let readers = connect(&path, Role::Reader).await?;
    Ok((writer, readers))
}

fn sqlite_path(url: &str) -> anyhow::Result<PathBuf> {
    let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) else {
        bail!("`{url}` is not a database this version opens; write `sqlite://path` or `postgres://user@host/database`");
    };
    if path.is_empty() || path.contains(":memory:") || path.contains('?') {
        bail!("`{url}` does not name a file; write `sqlite://path`");
    }
    Ok(path.into())
}

/// The file holds password hashes, so only its owner reads it. SQLite gives its side files the same mode.
pub(crate) fn create_private(path: &Path) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).with_context(|| format!("opening the file `{}`", path.display()))
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Writer,
    Reader,
}

async fn connect(path: &Path, role: Role) -> anyhow::Result<DatabaseConnection> {
    let began = std::time::Instant::now();
    loop {
        match Database::connect(options(path.to_owned(), role)).await {
            // SQLite does not wait when two processes turn a new file into WAL mode at the same moment.
            Err(error) if is_locked(&error) && began.elapsed() < BUSY_TIMEOUT => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            connection => return Ok(connection?),
        }
    }
}

fn is_locked(error: &DbErr) -> bool {
    error.to_string().contains("database is locked")
}

fn options(path: PathBuf, role: Role) -> ConnectOptions {
    // The path goes in below: in the URL a `%` or `#` of it would be taken for an escape.
    let mut options = ConnectOptions::new("sqlite://kaibo");
    let connections = if role == Role::Writer { 1 } else { READERS };
    options.max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false).map_sqlx_sqlite_opts(
        move |sqlite| {
            let sqlite = sqlite.filename(&path).busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
            match role {
                // What is deleted is overwritten: erasing what somebody wrote must not leave it in a free page.
                Role::Writer => {
                    sqlite.pragma("journal_mode", "WAL").pragma("synchronous", "FULL").pragma("secure_delete", "ON")
                }
                Role::Reader => sqlite.pragma("query_only", "ON"),
            }
        },
    );
    options
}

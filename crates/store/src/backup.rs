//! A copy of the records while others write them, and what it has to do with the event log.
//!
//! A copy of the log fits a copy of the database when neither knows more than the other can have: the log holds every position
//! that the records were made from, and no event whose row is missing. `docs/decisions/0019-backup.md` says why [`fitting`] is that.

use crate::{MigrationSet, Store, open, outbox, postgres, relay, transfer};
use anyhow::{Context, bail, ensure};
use eventlog::{EventLog, Options};
use sea_orm::{Condition, QuerySelect, entity::prelude::*};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{collections::HashSet, path::Path};

/// Writes the records as of one moment into the new SQLite file at `file`, from either database. The source is only read.
pub async fn copy_to_file(url: &str, steps: &[MigrationSet], file: &Path) -> anyhow::Result<()> {
    ensure!(!file.exists(), "there is a file `{}` already", file.display());
    if postgres::is_ours(url) {
        return copy_postgres(url, steps, file).await;
    }
    let path = url.strip_prefix("sqlite://").unwrap_or(url);
    let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
    let mut connection = options.connect().await.with_context(|| format!("opening `{path}`"))?;
    // An empty file is one that it may write.
    open::create_private(file)?;
    let into = file.to_str().with_context(|| format!("`{}` is not a name in UTF-8", file.display()))?;
    sqlx::query("VACUUM INTO $1").bind(into).execute(&mut connection).await.context("copying the database")?;
    connection.close().await.ok();
    Ok(())
}

async fn copy_postgres(url: &str, steps: &[MigrationSet], file: &Path) -> anyhow::Result<()> {
    let source = Store::open(url).await?;
    let pending = source.pending(steps).await?;
    if !pending.is_empty() {
        bail!("{} steps are pending in the database: back it up with the version that serves it", pending.len());
    }
    let target = Store::open(&format!("sqlite://{}", file.display())).await?;
    target.migrate(steps).await.context("making the tables of the copy")?;
    let moved = transfer(&source, &target).await;
    source.close().await;
    target.close().await;
    moved.map(drop)
}

/// The highest position up to which the log fits the copied records in `file`: the next event, if there is one, is of a row
/// that they lack. `from` is a position that the log had reached before the records were copied.
pub async fn fitting(file: &Path, log: EventLog, from: u64) -> anyhow::Result<u64> {
    let store = Store::open(&format!("sqlite://{}", file.display())).await?;
    // What was relayed since is noted at its position, or waits to be.
    let after = outbox::Column::Position.gt(i64::try_from(from)?);
    let since = Condition::any().add(outbox::Column::Position.is_null()).add(after);
    let known = outbox::Entity::find().select_only().column(outbox::Column::Seq).filter(since);
    let known: Vec<i64> = known.into_tuple().all(store.read()).await.context("reading the copied outbox")?;
    store.close().await;
    let known: HashSet<i64> = known.into_iter().collect();
    let walk = move || {
        for entry in log.read(from + 1) {
            let entry = entry?;
            if relay::outbox_seq(&entry.payload).is_some_and(|seq| !known.contains(&seq)) {
                return Ok(entry.position - 1);
            }
        }
        Ok(log.last())
    };
    tokio::task::spawn_blocking(walk).await?
}

/// What is wrong between the records and the event log in `log_dir`, if anything is. May run beside a server.
pub async fn disagreement(url: &str, log_dir: &Path) -> anyhow::Result<Option<String>> {
    let store = Store::open(url).await?;
    let found = compare(&store, log_dir).await;
    store.close().await;
    found
}

async fn compare(store: &Store, log_dir: &Path) -> anyhow::Result<Option<String>> {
    if store.is_new().await? {
        return Ok(None);
    }
    // Rows commit before their events are in the log, and positions are noted after that: looked at in this order neither
    // side can have overtaken the other meanwhile.
    let in_log = relay::highest_seq(look(log_dir).await?).await?;
    let given_out = outbox::last_ever(store.read()).await?;
    let noted = outbox::highest_position(store.read()).await?;
    let end = look(log_dir).await?.last();
    Ok(if given_out < in_log {
        Some(format!("the event log holds the outbox row {in_log}, and the database only came to {given_out}"))
    } else if noted > end {
        Some(format!("the database knows of position {noted}, and the event log only came to {end}"))
    } else {
        None
    })
}

async fn look(log_dir: &Path) -> anyhow::Result<EventLog> {
    let dir = log_dir.to_owned();
    let opened = tokio::task::spawn_blocking(move || EventLog::open_read_only(&dir, Options::default())).await?;
    opened.context("looking at the event log")
}

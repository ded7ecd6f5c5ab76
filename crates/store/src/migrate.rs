//! The migrations runner: the steps of every feature, applied in order, remembered in `kaibo_migrations`.

use crate::{Store, outbox, owner};
use anyhow::{Context, bail};
use events::Millis;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use std::collections::HashSet;

/// One step. `sql` is one or more statements that SQLite and PostgreSQL both take; `{auto_id}` stands for the declaration of a
/// generated `BIGINT` primary key whose values are never used twice. Where the two must differ, `{sqlite: ...}` and
/// `{postgres: ...}` hold what only one of them is told.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique within the feature and never changed: `0001_rooms`.
    pub name: &'static str,
    pub sql: &'static str,
}

/// The steps of one feature, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct MigrationSet {
    pub feature: &'static str,
    pub steps: &'static [Migration],
}

const OWN: MigrationSet = MigrationSet { feature: "store", steps: outbox::MIGRATIONS };

pub(crate) async fn run(store: &Store, sets: &[MigrationSet]) -> anyhow::Result<()> {
    // One transaction: two programs that start together take turns, and a step that fails leaves everything as it was.
    let tx = store.begin().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // The other program's steps may take longer than locks of every day.
        tx.execute_unprepared("SET LOCAL lock_timeout = '10min'").await?;
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({})", owner::MIGRATING)).await?;
    }
    tx.execute_unprepared(
        "CREATE TABLE IF NOT EXISTS kaibo_migrations (
            feature TEXT NOT NULL, name TEXT NOT NULL, applied_at_ms BIGINT NOT NULL, PRIMARY KEY (feature, name))",
    )
    .await
    .context("creating the table of migrations")?;
    let fresh = missing(&applied(tx.db()).await?, sets)?;
    for (feature, step) in &fresh {
        apply(tx.db(), feature, step)
            .await
            .with_context(|| format!("applying the migration `{feature}/{}`", step.name))?;
    }
    tx.commit().await?;
    if !fresh.is_empty() {
        tracing::info!(steps = fresh.len(), "applied {} migrations", fresh.len());
    }
    Ok(())
}

pub(crate) async fn pending(store: &Store, sets: &[MigrationSet]) -> anyhow::Result<Vec<String>> {
    let applied = if is_migrated(store).await? { applied(store.read()).await? } else { HashSet::new() };
    Ok(missing(&applied, sets)?.iter().map(|(feature, step)| format!("{feature}/{}", step.name)).collect())
}

pub(crate) async fn is_migrated(store: &Store) -> anyhow::Result<bool> {
    let db = store.read();
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => "SELECT 1 WHERE to_regclass('kaibo_migrations') IS NOT NULL",
        _ => "SELECT 1 FROM sqlite_master WHERE name = 'kaibo_migrations'",
    };
    Ok(db.query_one_raw(Statement::from_string(backend, sql)).await.context("looking for tables")?.is_some())
}

/// The steps that were not applied yet, in order. Refuses steps that this program does not know.
fn missing<'a>(
    applied: &HashSet<(String, String)>,
    sets: &'a [MigrationSet],
) -> anyhow::Result<Vec<(&'a str, &'a Migration)>> {
    let steps =
        || std::iter::once(&OWN).chain(sets).flat_map(|set| set.steps.iter().map(move |step| (set.feature, step)));
    let known: HashSet<(&str, &str)> = steps().map(|(feature, step)| (feature, step.name)).collect();
    if known.len() != steps().count() {
        bail!("two migrations of one feature have the same name");
    }
    if let Some((feature, name)) =
        applied.iter().find(|(feature, name)| !known.contains(&(feature.as_str(), name.as_str())))
    {
        bail!(
            "the database is newer than this program: it holds the step `{feature}/{name}`, which this version does not know; \
             start the version that wrote it, or restore a backup"
        );
    }
    Ok(steps().filter(|(feature, step)| !applied.contains(&((*feature).to_owned(), step.name.to_owned()))).collect())
}

async fn applied(db: &impl ConnectionTrait) -> anyhow::Result<HashSet<(String, String)>> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT feature, name FROM kaibo_migrations"))
        .await?;
    rows.into_iter().map(|row| Ok((row.try_get("", "feature")?, row.try_get("", "name")?))).collect()
}

async fn apply(tx: &DatabaseTransaction, feature: &str, step: &Migration) -> anyhow::Result<()> {
    let backend = tx.get_database_backend();
    tx.execute_unprepared(&sql_for(backend, step.sql)).await?;
    let insert = "INSERT INTO kaibo_migrations (feature, name, applied_at_ms) VALUES ($1, $2, $3)";
    let values = [feature.into(), step.name.into(), Millis::now().0.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
    Ok(())
}

/// The step as this database is told it.
fn sql_for(backend: DbBackend, sql: &str) -> String {
    let (auto_id, own, other) = match backend {
        DbBackend::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "{sqlite:", "{postgres:"),
        _ => ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "{postgres:", "{sqlite:"),
    };
    let mut said = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find('{') {
        said.push_str(&rest[..at]);
        let Some((inner, after)) = rest[at..].split_once('}') else { break };
        if inner == "{auto_id" {
            said.push_str(auto_id);
        } else if let Some(only) = inner.strip_prefix(own) {
            said.push_str(only);
        } else if !inner.starts_with(other) {
            said.push_str(&rest[at..at + inner.len() + 1]);
        }
        rest = after;
    }
    said + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_to_each_database_in_its_words() {
        let sql =
            "CREATE TABLE t (id {auto_id}, at BIGINT DEFAULT '{}'); {postgres:CREATE INDEX i;} {sqlite:PRAGMA p;}";
        assert_eq!(
            sql_for(DbBackend::Sqlite, sql),
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, at BIGINT DEFAULT '{}');  PRAGMA p;"
        );
        assert_eq!(
            sql_for(DbBackend::Postgres, sql),
            "CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at BIGINT DEFAULT '{}'); CREATE INDEX i; "
        );
    }
}

//! The migrations runner: the steps of every feature, applied in order, remembered in `kaibo_migrations`.

use crate::{Store, outbox};
use anyhow::{Context, bail};
use events::Millis;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use std::collections::HashSet;

/// One step. `sql` is one or more statements that SQLite and PostgreSQL both take; `{auto_id}` stands for the declaration of a
/// generated `BIGINT` primary key whose values are never used twice.
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
    tx.execute_unprepared(
        "CREATE TABLE IF NOT EXISTS kaibo_migrations (
            feature TEXT NOT NULL, name TEXT NOT NULL, applied_at_ms BIGINT NOT NULL, PRIMARY KEY (feature, name))",
    )
    .await
    .context("creating the table of migrations")?;
    let applied = applied(tx.db()).await?;
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
    let mut fresh = 0;
    for (feature, step) in steps() {
        if applied.contains(&(feature.to_owned(), step.name.to_owned())) {
            continue;
        }
        apply(tx.db(), feature, step)
            .await
            .with_context(|| format!("applying the migration `{feature}/{}`", step.name))?;
        fresh += 1;
    }
    tx.commit().await?;
    if fresh > 0 {
        tracing::info!(steps = fresh, "applied {fresh} migrations");
    }
    Ok(())
}

async fn applied(tx: &DatabaseTransaction) -> anyhow::Result<HashSet<(String, String)>> {
    let rows = tx
        .query_all_raw(Statement::from_string(tx.get_database_backend(), "SELECT feature, name FROM kaibo_migrations"))
        .await?;
    rows.into_iter().map(|row| Ok((row.try_get("", "feature")?, row.try_get("", "name")?))).collect()
}

async fn apply(tx: &DatabaseTransaction, feature: &str, step: &Migration) -> anyhow::Result<()> {
    let backend = tx.get_database_backend();
    let auto_id = match backend {
        DbBackend::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
        _ => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    };
    tx.execute_unprepared(&step.sql.replace("{auto_id}", auto_id)).await?;
    let insert = "INSERT INTO kaibo_migrations (feature, name, applied_at_ms) VALUES ($1, $2, $3)";
    let values = [feature.into(), step.name.into(), Millis::now().0.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
    Ok(())
}

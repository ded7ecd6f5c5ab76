//! What a person does to a database from the terminal: bring it up to date, move it into another one.

use crate::{config::Config, features};
use anyhow::{Context, ensure};
use app::{App, Keys};
use events::Clock;
use store::{MigrationSet, Moved, Store};

/// The steps of every feature, as `kaibo serve` applies them.
pub async fn steps() -> anyhow::Result<Vec<MigrationSet>> {
    // Features are made of a program; this one has an empty folder and stays idle.
    let dir = tempfile::tempdir()?;
    let config = Config { data: dir.path().to_owned(), ..Config::load(None)? };
    let store = Store::open(&config.database_url()).await?;
    let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
    let app = App::new(store, log, Clock::system(), Keys::from_secret([0; 32]), config.data.clone());
    let (_, features) = features::features(&app, &config);
    app.stop.cancel();
    Ok(features::steps(&features))
}

/// What is pending, as `feature/name`, without changing anything.
pub async fn pending_migrations(config: &Config) -> anyhow::Result<Vec<String>> {
    let store = Store::open(&config.database_url()).await?;
    let pending = store.pending(&steps().await?).await;
    store.close().await;
    pending
}

/// Applies what is pending; answers what that was.
pub async fn migrate(config: &Config) -> anyhow::Result<Vec<String>> {
    let store = Store::open(&config.database_url()).await?;
    let steps = steps().await?;
    let pending = store.pending(&steps).await?;
    store.migrate(&steps).await.context("bringing the database up to date")?;
    store.close().await;
    Ok(pending)
}

/// Copies the database at `from` into the empty one at `to` and compares them row by row. Nobody may write meanwhile.
pub async fn move_database(from: &str, to: &str) -> anyhow::Result<Vec<Moved>> {
    let path = from.strip_prefix("sqlite://");
    ensure!(
        path.is_none_or(|path| std::path::Path::new(path).exists()),
        "there is no file `{}`",
        path.unwrap_or_default()
    );
    let steps = steps().await?;
    let source = Store::open(from).await?;
    let pending = source.pending(&steps).await?;
    ensure!(
        pending.is_empty(),
        "the source is not up to date, {} steps are pending: run `kaibo migrate` there first",
        pending.len()
    );
    let target = Store::open(to).await?;
    target.migrate(&steps).await.context("making the tables of the target")?;
    let moved = store::transfer(&source, &target).await;
    source.close().await;
    target.close().await;
    moved
}

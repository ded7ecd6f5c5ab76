//! Bringing a backup back, into an empty folder and an empty database; and showing that it could be.

use super::{DATABASE, RESTORING, SECRET, manifest::Manifest, place};
use crate::{config::Config, databases};
use anyhow::{Context, bail, ensure};
use place::{Place, sync_dir};
use std::{
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};
use store::Store;

/// Reads every file of the backup and compares it with the manifest, the log's records and the database in themselves and with
/// each other. Changes nothing.
pub async fn verify(config: &Config, from: &str) -> anyhow::Result<Manifest> {
    let place = Place::new(from, config)?;
    let manifest = place.manifest().await.with_context(|| format!("looking at `{from}`"))?;
    // SQLite wants files, and writes beside them: it looks at copies.
    let dir = tempfile::tempdir().context("making a temporary folder")?;
    for entry in &manifest.files {
        let inspected = entry.name == DATABASE || entry.name.starts_with("log/");
        let to = inspected.then(|| dir.path().join(&entry.name));
        place.get(entry, to.as_deref()).await?;
    }
    inspect(dir.path(), &manifest).await?;
    Ok(manifest)
}

/// Restores the backup at `from` into the data folder and the database of `config`, both empty. Killed in between it leaves a
/// folder that no server starts on; run again it begins anew.
pub async fn restore(config: &Config, from: &str) -> anyhow::Result<Manifest> {
    let place = Place::new(from, config)?;
    let manifest = place.manifest().await.with_context(|| format!("looking at `{from}`"))?;
    let data = config.data.as_path();
    make_dir(data).with_context(|| format!("making the folder `{}`", data.display()))?;
    let draft = data.join(RESTORING);
    let again = draft.exists();
    for entry in fs::read_dir(data).with_context(|| format!("looking into `{}`", data.display()))? {
        let entry = entry?;
        // A volume's own folder is no data.
        if entry.file_name() == "lost+found" || entry.file_name() == RESTORING {
            continue;
        }
        ensure!(again, "`{}` is not empty: a backup is restored into an empty folder", data.display());
        let remove = if entry.file_type()?.is_dir() { fs::remove_dir_all } else { fs::remove_file };
        remove(entry.path())?;
    }
    let url = config.database_url();
    let file = url.strip_prefix("sqlite://").map(PathBuf::from);
    if let Some(file) = file.as_deref().filter(|file| !file.starts_with(data)) {
        ensure!(!file.exists(), "there is a file `{}` already", file.display());
    }
    if again {
        fs::remove_dir_all(&draft)?;
    }
    make_dir(&draft)?;
    sync_dir(data)?;

    for entry in &manifest.files {
        place.get(entry, Some(&draft.join(&entry.name))).await?;
    }
    inspect(&draft, &manifest).await?;

    let copied = draft.join(DATABASE);
    if let Some(file) = &file {
        // Within the folder it goes with the others.
        if *file != data.join(DATABASE) {
            fs::copy(&copied, file).with_context(|| format!("writing `{}`", file.display()))?;
            fs::File::open(file)?.sync_all()?;
            fs::remove_file(&copied)?;
        }
    } else {
        fill(&copied, &url).await?;
        fs::remove_file(&copied)?;
    }
    for entry in fs::read_dir(&draft)? {
        let entry = entry?;
        fs::rename(entry.path(), data.join(entry.file_name()))?;
    }
    sync_dir(data)?;
    fs::remove_dir(&draft)?;
    sync_dir(data)?;
    Ok(manifest)
}

/// Is it a Kaibo that would start?
async fn inspect(dir: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    for name in [DATABASE, SECRET] {
        ensure!(manifest.files.iter().any(|entry| entry.name == name), "the backup has no `{name}`");
    }
    let log = dir.join("log");
    let looked = log.clone();
    let report = tokio::task::spawn_blocking(move || eventlog::doctor(&looked)).await?.context("reading the log")?;
    ensure!(report.is_sound(), "the event log is damaged: {report}");
    ensure!(
        report.last == manifest.log_position,
        "the event log ends at {}, and should at {}",
        report.last,
        manifest.log_position
    );
    let file = dir.join(DATABASE);
    let url = format!("sqlite://{}", file.display());
    let database = store::check(&url).await?;
    ensure!(database == "ok", "the database is damaged: {database}");
    let store = Store::open(&url).await?;
    // Refuses one that is newer than this program.
    let pending = store.pending(&databases::steps().await?).await;
    store.close().await;
    pending?;
    if let Some(wrong) = store::disagreement(&url, &log).await? {
        bail!("records and event log do not fit: {wrong}");
    }
    Ok(())
}

/// Puts the records of the file into PostgreSQL.
async fn fill(file: &Path, url: &str) -> anyhow::Result<()> {
    let here = format!("sqlite://{}", file.display());
    let steps = databases::steps().await?;
    let source = Store::open(&here).await?;
    source.migrate(&steps).await.context("bringing the records up to date")?;
    source.close().await;
    databases::move_database(&here, url).await.map(drop)
}

fn make_dir(dir: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

//! Taking a backup, beside a running server or without one.

use super::{DATABASE, RESTORING, SECRET, manifest::Manifest, mark, place::Place};
use crate::{config::Config, databases};
use anyhow::{Context, ensure};
use eventlog::{EventLog, Options, Piece};
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

/// Copies everything to `to`. The order makes log and records agree: cursors, the log's sealed segments, the records, then the
/// rest of the log up to where it fits the records.
pub async fn take(config: &Config, to: &str, with_media: bool) -> anyhow::Result<Manifest> {
    let data = config.data.as_path();
    let log_dir = data.join("log");
    ensure!(log_dir.is_dir(), "`{}` is no data folder: it has no event log", data.display());
    ensure!(!data.join(RESTORING).exists(), "a restore into `{}` has not ended", data.display());
    let url = config.database_url();
    if let Some(path) = url.strip_prefix("sqlite://") {
        ensure!(Path::new(path).exists(), "there is no file `{path}`");
    }
    let place = Place::new(to, config)?;
    place.begin().await.with_context(|| format!("beginning a backup in `{to}`"))?;
    let mut manifest = Manifest::begin(with_media);

    put_folder(&place, data, "log/cursors", |name| name.ends_with(".cur"), &mut manifest).await?;
    let mut taken = HashSet::new();
    let log = open(&log_dir).await?;
    let reached = log.last();
    for piece in pieces(log, reached).await?.into_iter().filter(|piece| piece.sealed) {
        taken.insert(piece.first);
        put_piece(&place, &piece, &mut manifest).await?;
    }

    let (file, _temporary) = place.draft(DATABASE)?;
    let steps = databases::steps().await?;
    store::copy_to_file(&url, &steps, &file).await?;
    let log = open(&log_dir).await?;
    let until = store::fitting(&file, log.clone(), reached).await.context("comparing the log with the records")?;
    manifest.files.push(place.put(DATABASE, &file, None).await?);

    let rest = pieces(log, until).await?;
    for piece in rest.iter().filter(|piece| !taken.contains(&piece.first)) {
        put_piece(&place, piece, &mut manifest).await?;
    }
    manifest.log_position = until;
    manifest.files.push(place.put(SECRET, &data.join(SECRET), None).await?);
    put_folder(&place, data, "media/slates", |_| true, &mut manifest).await?;
    put_folder(&place, data, "media/documents", |name| !name.ends_with(".part"), &mut manifest).await?;
    if with_media {
        put_recordings(&place, data, &mut manifest).await?;
        put_folder(&place, data, "media/clips", |name| name.ends_with(".mp4"), &mut manifest).await?;
        put_folder(&place, data, "media/evidence", |name| name.ends_with(".mp4"), &mut manifest).await?;
    }
    manifest.ended_at_ms = events::Millis::now().0;
    place.finish(&manifest).await.context("writing the manifest")?;
    // The backup is whole all the same; the server only thinks that there is none.
    if let Err(error) = mark::leave(data, &manifest) {
        tracing::warn!("the server will not hear of this backup, `{}` takes no mark: {error:#}", data.display());
    }
    Ok(manifest)
}

async fn open(dir: &Path) -> anyhow::Result<EventLog> {
    let dir = dir.to_owned();
    let opened = tokio::task::spawn_blocking(move || EventLog::open_read_only(&dir, Options::default())).await?;
    opened.context("opening the event log")
}

async fn pieces(log: EventLog, until: u64) -> anyhow::Result<Vec<Piece>> {
    tokio::task::spawn_blocking(move || log.pieces(until)).await?.context("reading the event log")
}

async fn put_piece(place: &Place, piece: &Piece, manifest: &mut Manifest) -> anyhow::Result<()> {
    let name = |path: &Path| format!("log/{}", path.file_name().unwrap_or_default().to_string_lossy());
    manifest.files.push(place.put(&name(&piece.path), &piece.path, Some(piece.bytes)).await?);
    if let Some(index) = &piece.index {
        manifest.files.push(place.put(&name(index), index, None).await?);
    }
    Ok(())
}

/// The files of one folder of the data; those that go meanwhile are not needed any more.
async fn put_folder(
    place: &Place,
    data: &Path,
    folder: &str,
    wanted: fn(&str) -> bool,
    manifest: &mut Manifest,
) -> anyhow::Result<()> {
    for path in files(&data.join(folder))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !wanted(&name) {
            continue;
        }
        match place.put(&format!("{folder}/{name}"), &path, None).await {
            Ok(entry) => manifest.files.push(entry),
            Err(_) if !path.exists() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A running show appends to its files. The index is taken first: all that it speaks of is then in the chunks.
async fn put_recordings(place: &Place, data: &Path, manifest: &mut Manifest) -> anyhow::Result<()> {
    let shows = match fs::read_dir(data.join("media/recordings")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        shows => shows.context("listing recordings")?,
    };
    for show in shows {
        let show = show?;
        if !show.file_type()?.is_dir() {
            continue;
        }
        let folder = format!("media/recordings/{}", show.file_name().to_string_lossy());
        put_folder(place, data, &folder, |name| name == "index", manifest).await?;
        put_folder(place, data, &folder, |name| name != "index", manifest).await?;
    }
    Ok(())
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("listing `{}`", folder.display()))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

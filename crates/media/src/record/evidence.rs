//! Stretches of shows that are kept as evidence 留证, each a file of its own beside the clips: no rule of a room and no operator removes
//! them, only whoever asked for them.

use super::clips;
use super::index::Entry;
use super::recorder::{Recorder, blocking};
use super::retention::in_store;
use super::rules::{self, Refusal};
use super::shelf::Shelf;
use super::store::{self, Recording, State};
use super::store_evidence;
use super::store_uploads::{self, Sealed};
use super::uploads::remove_file;
use crate::Media;
use anyhow::{Context, bail};
use bytes::Bytes;
use events::BroadcastId;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

pub use store_evidence::Evidence;

/// A show's first segments may be on their way to the disk for so long.
const PATIENCE_MS: i64 = 10_000;
/// A stretch may meet so many breaks of the stream before it lies between two of them.
const TRIES: usize = 16;
const BUFFER: usize = 256 << 10;

/// What is to be kept of a show, in milliseconds from its beginning.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub id: Uuid,
    pub broadcast: BroadcastId,
    pub start_ms: i64,
    /// Within it: what it is about.
    pub moment_ms: i64,
    pub end_ms: i64,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Kept(Evidence),
    /// The recording has not come so far.
    NotYet,
    /// Nothing was recorded then.
    NotRecorded,
    /// It was, and is not kept any more.
    Removed,
}

impl Media {
    /// Cuts a stretch into a file of its own. What is kept under that id already stays as it is.
    pub async fn keep_evidence(&self, stretch: &Stretch) -> anyhow::Result<Outcome> {
        keep(self.recorder()?, stretch).await
    }

    /// A part of the file; none when it is nowhere.
    pub async fn read_evidence(
        &self,
        id: Uuid,
        part: Range<u64>,
    ) -> anyhow::Result<Option<BoxStream<'static, io::Result<Bytes>>>> {
        read(self.recorder()?, id, part).await
    }

    /// Removes it for good. A second time finds nothing.
    pub async fn remove_evidence(&self, id: Uuid) -> anyhow::Result<()> {
        remove(self.recorder()?, id).await
    }

    fn recorder(&self) -> anyhow::Result<&Recorder> {
        self.0.recorder.get().context("nothing is recorded")
    }
}

/// The name of the file.
pub fn name(id: Uuid) -> String {
    format!("{id}.mp4")
}

fn path(recorder: &Recorder, id: Uuid) -> PathBuf {
    recorder.evidence().dir.join(name(id))
}

async fn keep(recorder: &Recorder, stretch: &Stretch) -> anyhow::Result<Outcome> {
    let db = recorder.app().store.read();
    if let Some(kept) = store_evidence::find(db, stretch.id).await? {
        return Ok(Outcome::Kept(kept));
    }
    let Some(recording) = store::find(db, stretch.broadcast).await? else { return unrecorded(recorder, stretch).await };
    if recording.state == State::Removed {
        return Ok(Outcome::Removed);
    }
    // Just begun, or just removed: the next look knows.
    let Some(shelf) = recorder.shelf(stretch.broadcast).await? else { return Ok(Outcome::NotYet) };
    let file = path(recorder, stretch.id);
    let written = match cut(recorder, stretch, &recording, &shelf, &file).await? {
        Cut::Written(written) => written,
        Cut::Ahead => return Ok(Outcome::NotYet),
        Cut::Nothing => return gone(recorder, stretch, &shelf).await,
    };
    let hashed = file.clone();
    let sha256 = blocking(move || Ok(sha256(&hashed)?)).await?;
    let zero = recording.started_at.0;
    let evidence = Evidence {
        id: stretch.id,
        broadcast: stretch.broadcast,
        org: recording.org,
        start_ms: written.start - zero,
        end_ms: written.end - zero,
        bytes: written.bytes,
        sha256,
        created_at: recorder.app().now(),
    };
    if let Err(error) = note(recorder, &evidence, written.crc).await {
        std::fs::remove_file(&file).ok();
        return Err(error);
    }
    recorder.upload_soon();
    Ok(Outcome::Kept(evidence))
}

/// A show of which nothing was recorded until now.
async fn unrecorded(recorder: &Recorder, stretch: &Stretch) -> anyhow::Result<Outcome> {
    let Some(show) = recorder.desk().show(stretch.broadcast).await? else { return Ok(Outcome::NotRecorded) };
    let end = show.started_at.plus_ms(stretch.end_ms);
    let end = show.ended_at.map_or(end, |ended_at| ended_at.min(end));
    let late = recorder.app().now().since(end) > PATIENCE_MS;
    Ok(if late { Outcome::NotRecorded } else { Outcome::NotYet })
}

/// Nothing is there of the stretch: was there ever?
async fn gone(recorder: &Recorder, stretch: &Stretch, shelf: &Shelf) -> anyhow::Result<Outcome> {
    let now = store::find(recorder.app().store.read(), stretch.broadcast).await?;
    let whole = now.is_some_and(|recording| recording.state != State::Removed) && shelf.count() == shelf.placed().len();
    Ok(if whole { Outcome::NotRecorded } else { Outcome::Removed })
}

enum Cut {
    Written(clips::Written),
    /// It is still to come.
    Ahead,
    Nothing,
}

/// Writes what there is of the stretch around its moment, without what lies behind a break of the stream.
async fn cut(
    recorder: &Recorder,
    stretch: &Stretch,
    recording: &Recording,
    shelf: &Shelf,
    file: &Path,
) -> anyhow::Result<Cut> {
    let complete = shelf.is_complete() || recording.state == State::Complete;
    let (placed, zero) = (shelf.placed(), recording.started_at.0);
    let at = |offset_ms: i64| zero.saturating_add(offset_ms);
    let (mut start, mut end) = (at(stretch.start_ms), at(stretch.end_ms));
    if complete {
        end = end.min(recorded_until(&placed));
    }
    for _ in 0..TRIES {
        let found = match rules::find_cut(&placed, start, end, complete, zero) {
            Ok(found) => found,
            Err(Refusal::NotRecordedYet) => return Ok(Cut::Ahead),
            Err(Refusal::NotRecorded) => return Ok(Cut::Nothing),
            Err(Refusal::CrossesBreak(behind)) if at(stretch.moment_ms) < at(behind) => {
                end = at(behind);
                continue;
            }
            Err(Refusal::CrossesBreak(behind)) => {
                start = at(behind);
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        match clips::copy(recorder, shelf, placed.clone(), found, zero, file.to_owned()).await? {
            Ok(written) => return Ok(Cut::Written(written)),
            Err(Refusal::NoKeyFrame(next)) if at(next) < end => start = at(next),
            Err(Refusal::NoKeyFrame(_) | Refusal::NotRecorded) => return Ok(Cut::Nothing),
            Err(other) => return Err(other.into()),
        }
    }
    bail!("the stream broke too often to cut anything out of it")
}

fn recorded_until(placed: &[(i64, Entry)]) -> i64 {
    placed.last().map_or(i64::MIN, |(start, entry)| start + entry.duration_ms())
}

async fn note(recorder: &Recorder, evidence: &Evidence, crc: u32) -> anyhow::Result<()> {
    let tx = recorder.app().store.begin().await?;
    store_evidence::insert(tx.db(), evidence).await?;
    if recorder.objects().is_some() {
        let folder = recorder.evidence().name.to_string();
        let file = Sealed { folder, name: name(evidence.id), bytes: evidence.bytes, crc };
        store_uploads::insert(tx.db(), &[file], evidence.created_at).await?;
    }
    tx.commit().await
}

async fn read(
    recorder: &Recorder,
    id: Uuid,
    part: Range<u64>,
) -> anyhow::Result<Option<BoxStream<'static, io::Result<Bytes>>>> {
    let folder = recorder.evidence();
    let mut file = match tokio::fs::File::open(folder.dir.join(name(id))).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let Some((objects, object)) = folder.elsewhere(&name(id)) else { return Ok(None) };
            return match objects.stream(&object, part).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                stream => Ok(Some(stream.context("reading evidence from the object store")?.boxed())),
            };
        }
        file => file.context("reading evidence")?,
    };
    file.seek(io::SeekFrom::Start(part.start)).await.context("reading evidence")?;
    let rest = file.take(part.end.saturating_sub(part.start));
    Ok(Some(ReaderStream::with_capacity(rest, BUFFER).boxed()))
}

async fn remove(recorder: &Recorder, id: Uuid) -> anyhow::Result<()> {
    let folder = recorder.evidence();
    let tx = recorder.app().store.begin().await?;
    store_evidence::delete(tx.db(), id).await?;
    store_uploads::forget(tx.db(), &folder.name, &[name(id)]).await?;
    tx.commit().await?;
    let (file, object) = (path(recorder, id), format!("{}/{}", folder.name, name(id)));
    blocking(move || Ok(remove_file(&file)?)).await?;
    in_store(recorder, move |objects| async move { objects.remove(&object).await });
    Ok(())
}

/// In hex. Blocks.
fn sha256(path: &Path) -> io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let (mut digest, mut buffer) = (ring::digest::Context::new(&ring::digest::SHA256), vec![0; BUFFER]);
    while let read @ 1.. = file.read(&mut buffer)? {
        digest.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

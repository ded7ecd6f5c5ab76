//! Cutting and removing clips.

use super::index::{self, Entry};
use super::mp4;
use super::recorder::{Recorder, blocking, enough_space, envelope};
use super::rules::{self, ClipRange, Refusal};
use super::shelf::Shelf;
use super::store::{self, Clip, Recording, State};
use anyhow::Context;
use app::ApiError;
use events::{BroadcastId, ClipCreated, ClipRemoved, Event};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a clip that reaches into the segment that is just being made waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Clips cut at once: each of them reads and writes as fast as the disk allows.
static CUTTING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

pub fn path(recorder: &Recorder, clip: Uuid) -> PathBuf {
    recorder.clips_dir().join(format!("{clip}.mp4"))
}

/// Cuts a clip from the show's recording, also while it runs.
pub async fn cut(recorder: &Recorder, broadcast: BroadcastId, range: ClipRange) -> Result<Clip, ApiError> {
    let db = recorder.app().store.read();
    let recording = store::find(db, broadcast).await?.ok_or(Refusal::NotRecorded)?;
    let shelf = recorder.shelf(broadcast).await?.ok_or(Refusal::NotRecorded)?;
    let (found, placed) = find(&recording, &shelf, &range).await?;
    let _turn = CUTTING.acquire().await.context("cutting clips has stopped")?;
    let clip = Uuid::now_v7();
    let (dir, file, free) = (recorder.clips_dir(), path(recorder, clip), recorder.settings().keep_free_bytes);
    let source = shelf.dir.clone();
    let written = blocking(move || {
        index::private_dir(&dir)?;
        enough_space(&dir, free)?;
        let written = write(&source, &placed, &found, &file);
        if written.is_err() {
            std::fs::remove_file(part(&file)).ok();
        }
        written
    })
    .await;
    let written = match written {
        Err(error) if is(&error, ErrorKind::StorageFull) => return Err(Refusal::NoSpace.into()),
        // The rule has removed it meanwhile.
        Err(error) if is(&error, ErrorKind::NotFound) => return Err(Refusal::NotRecorded.into()),
        written => written?,
    };
    let zero = recording.started_at.0;
    let clip = Clip {
        id: clip,
        broadcast,
        room: recording.room,
        org: recording.org,
        team: recording.team,
        title: range.title,
        start_ms: written.start - zero,
        end_ms: written.end - zero,
        duration_ms: written.duration_ms,
        bytes: written.bytes,
        created_at: recorder.app().now(),
    };
    let kept = keep(recorder, &recording, &clip).await;
    if kept.is_err() {
        std::fs::remove_file(path(recorder, clip.id)).ok();
    }
    kept?;
    Ok(clip)
}

/// Removes a clip and its file.
pub async fn remove(recorder: &Recorder, clip: &Clip) -> anyhow::Result<()> {
    let tx = recorder.app().store.begin().await?;
    if store::delete_clip(tx.db(), clip.id).await? {
        let event = Event::ClipRemoved(ClipRemoved { clip: clip.id });
        let now = recorder.app().now();
        tx.emit(
            events::Envelope::new(now, events::Source::Server, clip.org, event)
                .with_team(clip.team)
                .with_room(clip.room)
                .with_broadcast(Some(clip.broadcast)),
        )
        .await?;
        tx.commit().await?;
    }
    let file = path(recorder, clip.id);
    blocking(move || match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    })
    .await
}

async fn keep(recorder: &Recorder, recording: &Recording, clip: &Clip) -> anyhow::Result<()> {
    let tx = recorder.app().store.begin().await?;
    store::insert_clip(tx.db(), clip).await?;
    let created =
        ClipCreated { clip: clip.id, title: clip.title.clone(), start_ms: clip.start_ms, end_ms: clip.end_ms };
    tx.emit(envelope(recorder.app().now(), recording, Event::ClipCreated(created))).await?;
    tx.commit().await
}

/// Where the range stands in the recording. Waits a little for the segment that is just being made.
async fn find(
    recording: &Recording,
    shelf: &Arc<Shelf>,
    range: &ClipRange,
) -> Result<(rules::Cut, Vec<(i64, Entry)>), Refusal> {
    let mut changes = shelf.changes();
    let late = tokio::time::sleep(PATIENCE);
    tokio::pin!(late);
    let zero = recording.started_at.0;
    loop {
        changes.mark_unchanged();
        let view = shelf.view();
        let complete = view.complete || recording.state == State::Complete;
        match rules::find_cut(&view.placed, zero + range.start_ms, zero + range.end_ms, complete, zero) {
            Err(Refusal::NotRecordedYet) => {}
            found => return found.map(|cut| (cut, view.placed)),
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Err(Refusal::NotRecordedYet) },
            () = &mut late => return Err(Refusal::NotRecordedYet),
        }
    }
}

struct Written {
    start: i64,
    end: i64,
    duration_ms: i64,
    bytes: u64,
}

/// Writes the clip beside its place and moves it there when it is whole and on disk.
fn write(source: &Path, placed: &[(i64, Entry)], cut: &rules::Cut, file: &Path) -> anyhow::Result<Written> {
    let from = rules::first_needed(placed, cut.from);
    let entries = placed.get(from..cut.until).context("the range is outside the recording")?;
    let first = entries.first().context("the range is empty")?;
    let init = std::fs::read(index::init_path(source, first.1.init)).context("reading an init segment")?;
    let tracks = mp4::tracks(&init).context("reading an init segment")?;
    let mut chunks = Chunks::new(source);
    let mut segments = Vec::with_capacity(entries.len());
    let mut buffer = Vec::new();
    for (_, entry) in entries {
        chunks.read(entry, 0, entry.length.into(), &mut buffer)?;
        segments.push(mp4::samples(&buffer, &tracks).context("a recorded segment has another form")?);
    }
    let place =
        |(n, (start, entry)): (usize, &(i64, Entry))| mp4::Source { start: *start, breaks: n > 0 && entry.breaks() };
    let sources: Vec<mp4::Source> = entries.iter().enumerate().map(place).collect();
    let plan = mp4::plan(&init, &sources, segments, cut.start, cut.end)?;
    let part = part(file);
    let mut out = BufWriter::with_capacity(1 << 18, File::create(&part).context("creating a clip")?);
    let head = mp4::head(&plan);
    out.write_all(&head)?;
    let mut bytes = head.len() as u64;
    for range in &plan.ranges {
        let (_, entry) = entries.get(range.source).context("a clip's segment is not there")?;
        chunks.read(entry, range.offset, range.length, &mut buffer)?;
        out.write_all(&buffer)?;
        bytes += range.length;
    }
    let out = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    out.sync_all()?;
    std::fs::rename(&part, file)?;
    let late_ms = plan.late * 1000 / mp4::CLOCK;
    Ok(Written { start: cut.start + late_ms, end: cut.end, duration_ms: plan.duration * 1000 / mp4::CLOCK, bytes })
}

fn part(file: &Path) -> PathBuf {
    file.with_extension("part")
}

fn is(error: &anyhow::Error, kind: ErrorKind) -> bool {
    let same = |error: &std::io::Error| error.kind() == kind;
    error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(same))
}

/// Reads parts of segments, with the newest chunk file open.
struct Chunks<'a> {
    dir: &'a Path,
    open: Option<(u32, File)>,
}

impl<'a> Chunks<'a> {
    fn new(dir: &'a Path) -> Self {
        Self { dir, open: None }
    }

    fn read(&mut self, entry: &Entry, offset: u64, length: u64, into: &mut Vec<u8>) -> anyhow::Result<()> {
        let file = match &mut self.open {
            Some((chunk, file)) if *chunk == entry.chunk => file,
            other => {
                let file = File::open(index::chunk_path(self.dir, entry.chunk)).context("opening recorded media")?;
                &mut other.insert((entry.chunk, file)).1
            }
        };
        file.seek(SeekFrom::Start(entry.offset + offset))?;
        into.resize(usize::try_from(length)?, 0);
        file.read_exact(into).context("reading recorded media")
    }
}

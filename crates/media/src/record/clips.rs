//! Cutting and removing clips.

use super::folder::Folder;
use super::index::{self, Entry};
use super::mp4::{self, Unplanned};
use super::recorder::{Recorder, blocking, envelope};
use super::retention::in_store;
use super::rules::{self, ClipRange, Refusal};
use super::shelf::Shelf;
use super::store::{self, Clip, Recording, State};
use super::store_uploads::{self, Sealed};
use super::task::enough_space;
use super::uploads::remove_file;
use anyhow::Context;
use app::ApiError;
use bytes::Bytes;
use eventlog::files::{Access, File, Files};
use events::{BroadcastId, ClipCreated, ClipRemoved, Event};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::runtime::Handle;
use uuid::Uuid;

/// How long a clip that reaches into the segment that is just being made waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Clips cut at once: each of them reads and writes as fast as the disk allows.
const AT_ONCE: usize = 2;
static CUTTING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(AT_ONCE);
/// Clips that are being cut or wait for it. Whoever comes then is told so instead of waiting for many.
pub const MOST_CUTS: u64 = 10;

/// The name of a clip's file.
pub fn name(clip: Uuid) -> String {
    format!("{clip}.mp4")
}

pub fn path(recorder: &Recorder, clip: Uuid) -> PathBuf {
    recorder.clips().dir.join(name(clip))
}

/// One clip that is being cut or waits for it, however that ends.
struct InHand<'a>(&'a Recorder);

impl<'a> InHand<'a> {
    fn new(recorder: &'a Recorder) -> Result<Self, Refusal> {
        let in_hand = Self(recorder);
        if recorder.cuts().fetch_add(1, Ordering::Relaxed) >= MOST_CUTS { Err(Refusal::ClipsBusy) } else { Ok(in_hand) }
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.0.cuts().fetch_sub(1, Ordering::Relaxed);
    }
}

/// Cuts a clip from the show's recording, also while it runs.
pub async fn cut(recorder: &Recorder, broadcast: BroadcastId, range: ClipRange) -> Result<Clip, ApiError> {
    let _in_hand = InHand::new(recorder)?;
    let db = recorder.app().store.read();
    let recording = store::find(db, broadcast).await?.ok_or(Refusal::NotRecorded)?;
    let shelf = recorder.shelf(broadcast).await?.ok_or(Refusal::NotRecorded)?;
    let (found, placed) = find(&recording, &shelf, &range).await?;
    let clip = Uuid::now_v7();
    let zero = recording.started_at.0;
    let written = copy(recorder, &shelf, placed, found, zero, path(recorder, clip)).await??;
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
    let kept = keep(recorder, &recording, &clip, written.crc).await;
    if kept.is_err() {
        std::fs::remove_file(path(recorder, clip.id)).ok();
    }
    kept?;
    recorder.upload_soon();
    Ok(clip)
}

/// Writes what was found of a show into a file of its own, when it is its turn.
pub async fn copy(
    recorder: &Recorder,
    shelf: &Shelf,
    placed: Vec<(i64, Entry)>,
    found: rules::Cut,
    zero: i64,
    file: PathBuf,
) -> anyhow::Result<Result<Written, Refusal>> {
    let turn = CUTTING.acquire().await.context("cutting clips has stopped")?;
    let (source, files, handle) = (shelf.folder.clone(), recorder.files(), Handle::current());
    let free = recorder.settings().keep_free_bytes;
    let written = blocking(move || {
        // Held until the work is done, whether or not somebody still waits for it.
        let _turn = turn;
        let dir = file.parent().context("a clip lies in a folder")?;
        index::private_dir(dir)?;
        enough_space(dir, free)?;
        let written = write(&*files, Chunks::new(source, handle), &placed, &found, zero, &file);
        if !matches!(written, Ok(Ok(_))) {
            std::fs::remove_file(part(&file)).ok();
        }
        written
    })
    .await;
    match written {
        Err(error) if is(&error, ErrorKind::StorageFull) => Ok(Err(Refusal::NoSpace)),
        // The rule has removed it meanwhile.
        Err(error) if is(&error, ErrorKind::NotFound) => Ok(Err(Refusal::NotRecorded)),
        written => written,
    }
}

/// Removes a clip and its file.
pub async fn remove(recorder: &Recorder, clip: &Clip) -> anyhow::Result<()> {
    let folder = recorder.clips();
    let tx = recorder.app().store.begin().await?;
    if store::delete_clip(tx.db(), clip.id).await? {
        store_uploads::forget(tx.db(), &folder.name, &[name(clip.id)]).await?;
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
    let (file, object) = (path(recorder, clip.id), format!("{}/{}", folder.name, name(clip.id)));
    blocking(move || Ok(remove_file(&file)?)).await?;
    in_store(recorder, move |objects| async move { objects.remove(&object).await });
    Ok(())
}

/// The length and checksum of a file. Blocks.
pub fn checksum(path: &Path) -> anyhow::Result<(u64, u32)> {
    let mut file = std::fs::File::open(path)?;
    let (mut bytes, mut crc, mut buffer) = (0, 0, vec![0; 1 << 18]);
    while let read @ 1.. = file.read(&mut buffer)? {
        crc = crc32c::crc32c_append(crc, buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
    Ok((bytes, crc))
}

async fn keep(recorder: &Recorder, recording: &Recording, clip: &Clip, crc: u32) -> anyhow::Result<()> {
    let tx = recorder.app().store.begin().await?;
    store::insert_clip(tx.db(), clip).await?;
    if recorder.objects().is_some() {
        let folder = recorder.clips().name.to_string();
        let file = Sealed { folder, name: name(clip.id), bytes: clip.bytes, crc };
        store_uploads::insert(tx.db(), &[file], clip.created_at).await?;
    }
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
        let complete = shelf.is_complete() || recording.state == State::Complete;
        let placed = shelf.placed();
        // Both are within bounds: one by the clock, the other by `ClipRange`.
        let (start, end) = (zero.saturating_add(range.start_ms), zero.saturating_add(range.end_ms));
        match rules::find_cut(&placed, start, end, complete, zero) {
            Err(Refusal::NotRecordedYet) => {}
            found => return found.map(|cut| (cut, placed)),
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return Err(Refusal::NotRecordedYet) },
            () = &mut late => return Err(Refusal::NotRecordedYet),
        }
    }
}

pub struct Written {
    pub start: i64,
    pub end: i64,
    pub duration_ms: i64,
    pub bytes: u64,
    pub crc: u32,
}

/// Writes the clip beside its place and moves it there when it is whole and on disk. It is there after a power cut too.
fn write(
    files: &dyn Files,
    mut chunks: Chunks,
    placed: &[(i64, Entry)],
    cut: &rules::Cut,
    zero: i64,
    file: &Path,
) -> anyhow::Result<Result<Written, Refusal>> {
    let from = rules::first_needed(placed, cut.from);
    let entries = placed.get(from..cut.until).context("the range is outside the recording")?;
    let first = entries.first().context("the range is empty")?;
    let init = chunks.init(first.1.init).context("reading an init segment")?;
    let tracks = mp4::tracks(&init).context("reading an init segment")?;
    let mut segments = Vec::with_capacity(entries.len());
    for (_, entry) in entries {
        let data = chunks.read(entry, 0, entry.length.into())?;
        segments.push(mp4::samples(&data, &tracks).context("a recorded segment has another form")?);
    }
    let place =
        |(n, (start, entry)): (usize, &(i64, Entry))| mp4::Source { start: *start, breaks: n > 0 && entry.breaks() };
    let sources: Vec<mp4::Source> = entries.iter().enumerate().map(place).collect();
    let plan = match mp4::plan(&init, &sources, segments, cut.start, cut.end) {
        Err(Unplanned::NoKeyFrame(next)) => {
            let later = placed.iter().skip(cut.until).find(|at| at.1.independent).map(|at| at.0);
            return Ok(Err(next.or(later).map_or(Refusal::NotRecorded, |at| Refusal::NoKeyFrame(at - zero))));
        }
        Err(Unplanned::Other(error)) => return Err(error),
        Ok(plan) => plan,
    };
    let part = part(file);
    let mut out = Out::new(files.create(&part, Access::Write).context("creating a clip")?);
    out.add(&mp4::head(&plan))?;
    for range in &plan.ranges {
        let (_, entry) = entries.get(range.source).context("a clip's segment is not there")?;
        out.add(&chunks.read(entry, range.offset, range.length)?)?;
    }
    let (bytes, crc) = out.finish(files, &part, file)?;
    let late_ms = plan.late * 1000 / mp4::CLOCK;
    let (start, duration_ms) = (cut.start + late_ms, plan.duration * 1000 / mp4::CLOCK);
    Ok(Ok(Written { start, end: cut.end, duration_ms, bytes, crc }))
}

/// A file that is written from its beginning to its end.
struct Out {
    file: Box<dyn File>,
    waiting: Vec<u8>,
    written: u64,
    crc: u32,
}

impl Out {
    const BUFFER: usize = 1 << 18;

    fn new(file: Box<dyn File>) -> Self {
        Self { file, waiting: Vec::with_capacity(Self::BUFFER), written: 0, crc: 0 }
    }

    fn add(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= Self::BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.write_at(&self.waiting, self.written)?;
        self.crc = crc32c::crc32c_append(self.crc, &self.waiting);
        self.written += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }

    /// Gives the file its name, for good. Answers the length and the checksum.
    fn finish(mut self, files: &dyn Files, part: &Path, file: &Path) -> std::io::Result<(u64, u32)> {
        self.flush()?;
        self.file.sync()?;
        files.rename(part, file)?;
        files.sync_dir(file.parent().unwrap_or(Path::new("")))?;
        Ok((self.written, self.crc))
    }
}

fn part(file: &Path) -> PathBuf {
    file.with_extension("part")
}

fn is(error: &anyhow::Error, kind: ErrorKind) -> bool {
    let same = |error: &std::io::Error| error.kind() == kind;
    error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(same))
}

/// Reads parts of segments, with the newest chunk file open. What is not here comes from the object store.
struct Chunks {
    folder: Folder,
    handle: Handle,
    open: Option<(u32, std::fs::File)>,
}

impl Chunks {
    fn new(folder: Folder, handle: Handle) -> Self {
        Self { folder, handle, open: None }
    }

    fn init(&self, number: u32) -> std::io::Result<Bytes> {
        self.handle.block_on(self.folder.read_whole(&index::init_name(number)))
    }

    fn read(&mut self, entry: &Entry, offset: u64, length: u64) -> anyhow::Result<Bytes> {
        let file = match &mut self.open {
            Some((chunk, file)) if *chunk == entry.chunk => file,
            other => match std::fs::File::open(index::chunk_path(&self.folder.dir, entry.chunk)) {
                Err(error) if error.kind() == ErrorKind::NotFound => return self.fetch(entry, offset, length),
                file => &mut other.insert((entry.chunk, file.context("opening recorded media")?)).1,
            },
        };
        let mut bytes = vec![0; usize::try_from(length)?];
        file.read_exact_at(&mut bytes, entry.offset + offset).context("reading recorded media")?;
        Ok(bytes.into())
    }

    /// The whole segment each time: its parts are read soon after, and the store keeps it in memory as long.
    fn fetch(&self, entry: &Entry, offset: u64, length: u64) -> anyhow::Result<Bytes> {
        let name = index::chunk_name(entry.chunk);
        let whole = self.handle.block_on(self.folder.read(&name, entry.range())).context("reading recorded media")?;
        entry.check(&whole)?;
        let (from, until) = (usize::try_from(offset)?, usize::try_from(offset + length)?);
        anyhow::ensure!(until <= whole.len(), "a recorded segment is cut short");
        Ok(whole.slice(from..until))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use eventlog::files::HeldBackFiles;

    #[test]
    fn a_clip_that_is_acknowledged_is_there_after_a_power_cut() {
        let dir = tempfile::tempdir().unwrap();
        let (file, content) = (dir.path().join("a.mp4"), vec![7; 600_000]);
        let files = HeldBackFiles::new();
        let mut out = Out::new(files.create(&part(&file), Access::Write).unwrap());
        content.chunks(1_000).for_each(|some| out.add(some).unwrap());
        let (bytes, crc) = out.finish(&files, &part(&file), &file).unwrap();
        // The power is cut: what was only in this layer is gone.
        drop(files);
        assert_eq!(std::fs::read(&file).unwrap(), content);
        assert_eq!((bytes, crc), checksum(&file).unwrap());
    }
}

//! Writes what passes through the rooms to disk: one task per show, behind a bounded queue.
//!
//! The publisher's task only ever puts a segment into the queue. When the disk is too slow the queue is full and the segment
//! is left out; when the disk is full or broken the segment is left out too, and the next one is tried again. What follows
//! is marked as behind a gap.

use super::index::{Appender, Entry, Piece, Rolls};
use super::shelf::Shelf;
use super::store::{self, Recording, Size, State};
use super::thumbnails;
use super::{RecordSettings, rules::Rule};
use crate::tap::{Finished, Tap};
use crate::{OnAir, StreamDesk};
use anyhow::Context;
use app::App;
use events::{BroadcastId, Envelope, Event, Millis, RecordingFinished, RoomId, Source};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tracing::{error, info, warn};

/// Segments waiting for the disk, per show.
const QUEUE: usize = 64;
/// Bytes waiting for the disk, all shows together.
const MOST_WAITING: u64 = 256 << 20;
/// Segments written at once.
const BATCH: usize = 16;
/// A chunk file is no longer than this, whatever its bytes.
const CHUNK_MS: i64 = 600_000;
/// A power cut costs at most about this.
const SYNC_EVERY: Duration = Duration::from_secs(1);
const NOTE_EVERY: Duration = Duration::from_secs(10);
/// Complete recordings whose index is kept in memory.
const SHELVES: usize = 256;

/// All recordings of this process. Cloning is cheap.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    app: App,
    desk: Arc<dyn StreamDesk>,
    settings: RecordSettings,
    root: PathBuf,
    open: Mutex<HashMap<RoomId, Show>>,
    /// The show that every room had last.
    newest: Mutex<HashMap<RoomId, BroadcastId>>,
    /// Shows whose task has not ended.
    writing: Mutex<HashSet<BroadcastId>>,
    shelves: Mutex<HashMap<BroadcastId, Arc<Shelf>>>,
    waiting: AtomicU64,
}

struct Show {
    broadcast: BroadcastId,
    queue: mpsc::Sender<Finished>,
    status: Arc<Status>,
}

/// What the task of a show and everybody else tell each other.
#[derive(Default)]
struct Status {
    /// The rule switched recording off.
    off: AtomicBool,
    /// A segment did not find room in the queue.
    dropped: AtomicBool,
    failing: Mutex<Option<Failing>>,
}

/// Why nothing is being recorded right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    NoSpace,
    Disk,
}

impl Failing {
    pub fn as_str(self) -> &'static str {
        match self {
            Failing::NoSpace => "no_space",
            Failing::Disk => "disk",
        }
    }
}

impl Tap for Recorder {
    fn segment(&self, room: RoomId, on_air: &OnAir, finished: &Finished) {
        let mut open = self.0.open.lock();
        let known = open.get(&room).is_some_and(|show| show.broadcast == on_air.broadcast);
        if !known {
            let show = self.begin(room, on_air);
            open.insert(room, show);
        }
        let Some(show) = open.get(&room) else { return };
        let bytes = finished.segment.bytes() as u64;
        let fits = self.0.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes <= MOST_WAITING;
        if !fits || show.queue.try_send(finished.clone()).is_err() {
            self.0.waiting.fetch_sub(bytes, Ordering::Relaxed);
            show.status.dropped.store(true, Ordering::Relaxed);
            metrics::counter!("kaibo_record_dropped_segments_total", "reason" => "slow").increment(1);
        }
    }

    fn ended(&self, room: RoomId) {
        // The task writes what is in the queue and sees its end.
        self.0.open.lock().remove(&room);
    }
}

impl Recorder {
    pub fn new(app: App, desk: Arc<dyn StreamDesk>, settings: RecordSettings) -> Self {
        let root = app.data_dir.join("media");
        Self(Arc::new(Inner {
            app,
            desk,
            settings,
            root,
            open: Mutex::default(),
            newest: Mutex::default(),
            writing: Mutex::default(),
            shelves: Mutex::default(),
            waiting: AtomicU64::new(0),
        }))
    }

    pub fn app(&self) -> &App {
        &self.0.app
    }

    pub fn settings(&self) -> &RecordSettings {
        &self.0.settings
    }

    pub fn desk(&self) -> &dyn StreamDesk {
        &*self.0.desk
    }

    pub fn recordings_dir(&self) -> PathBuf {
        self.0.root.join("recordings")
    }

    pub fn dir(&self, broadcast: BroadcastId) -> PathBuf {
        self.recordings_dir().join(broadcast.to_string())
    }

    pub fn clips_dir(&self) -> PathBuf {
        self.0.root.join("clips")
    }

    /// The room's rule, or what the settings say.
    pub async fn rule(&self, room: RoomId) -> anyhow::Result<Rule> {
        let rule = store::find_rule(self.0.app.store.read(), room).await?;
        Ok(rule.unwrap_or_else(|| self.0.settings.rule()))
    }

    /// A changed rule holds for the running show too.
    pub fn switch(&self, room: RoomId, enabled: bool) {
        if let Some(show) = self.0.open.lock().get(&room) {
            show.status.off.store(!enabled, Ordering::Relaxed);
        }
    }

    /// Why the running show is not recorded right now, if it should be.
    pub fn failing(&self, broadcast: BroadcastId) -> Option<Failing> {
        let open = self.0.open.lock();
        open.values().find(|show| show.broadcast == broadcast).and_then(|show| *show.status.failing.lock())
    }

    pub fn is_writing(&self, broadcast: BroadcastId) -> bool {
        self.0.writing.lock().contains(&broadcast)
    }

    /// The recording of a show, unless there is none or it was removed.
    pub async fn shelf(&self, broadcast: BroadcastId) -> anyhow::Result<Option<Arc<Shelf>>> {
        if let Some(shelf) = self.0.shelves.lock().get(&broadcast) {
            return Ok(Some(shelf.clone()));
        }
        let found = store::find(self.0.app.store.read(), broadcast).await?;
        let Some(recording) = found.filter(|found| found.state != State::Removed) else { return Ok(None) };
        let complete = recording.state == State::Complete;
        let shelf = Shelf::new(broadcast, recording.room, self.dir(broadcast), complete);
        let shelf = Arc::new(shelf);
        let filled = shelf.clone();
        blocking(move || {
            filled.fill(super::index::load(&filled.dir, false)?);
            Ok(())
        })
        .await?;
        let mut shelves = self.0.shelves.lock();
        if shelves.len() >= SHELVES {
            let writing = self.0.writing.lock();
            let idle = shelves.iter().find(|(id, shelf)| !writing.contains(id) && Arc::strong_count(shelf) == 1);
            if let Some(idle) = idle.map(|(id, _)| *id) {
                shelves.remove(&idle);
            }
        }
        Ok(Some(shelves.entry(broadcast).or_insert(shelf).clone()))
    }

    /// The show of a room that was recorded last, in this process.
    pub fn newest(&self, room: RoomId) -> Option<BroadcastId> {
        self.0.newest.lock().get(&room).copied()
    }

    pub fn forget(&self, broadcast: BroadcastId) {
        self.0.shelves.lock().remove(&broadcast);
    }

    /// The show is over and everything is written.
    pub async fn complete(&self, recording: &Recording, ended_at: Millis) -> anyhow::Result<()> {
        let broadcast = recording.broadcast;
        let shelf = self.shelf(broadcast).await?;
        let size = shelf.as_ref().map_or(Size::default(), |shelf| shelf.size());
        let tx = self.0.app.store.begin().await?;
        store::update_size(tx.db(), broadcast, size).await?;
        if !store::complete(tx.db(), broadcast, ended_at).await? {
            return Ok(());
        }
        let event = Event::RecordingFinished(RecordingFinished {
            duration_ms: size.duration_ms.max(0) as u64,
            bytes: size.bytes,
            pieces: size.pieces,
        });
        tx.emit(envelope(self.0.app.now(), recording, event)).await?;
        tx.commit().await?;
        if let Some(shelf) = shelf {
            shelf.set_complete(true);
        }
        Ok(())
    }

    fn begin(&self, room: RoomId, on_air: &OnAir) -> Show {
        self.0.newest.lock().insert(room, on_air.broadcast);
        let (queue, segments) = mpsc::channel(QUEUE);
        let status = Arc::new(Status::default());
        let task = Task {
            recorder: self.clone(),
            room,
            on_air: *on_air,
            status: status.clone(),
            files: None,
            gap: false,
            noted: Instant::now(),
            drawn: None,
        };
        tokio::spawn(task.run(segments));
        Show { broadcast: on_air.broadcast, queue, status }
    }
}

pub fn envelope(now: Millis, recording: &Recording, event: Event) -> Envelope {
    Envelope::new(now, Source::Server, recording.org, event)
        .with_team(recording.team)
        .with_room(recording.room)
        .with_broadcast(Some(recording.broadcast))
}

/// File work does not belong on the tasks that serve.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("file work was broken off")?
}

/// Writes one show.
struct Task {
    recorder: Recorder,
    room: RoomId,
    on_air: OnAir,
    status: Arc<Status>,
    files: Option<Files>,
    /// The next segment does not follow the last one that was recorded.
    gap: bool,
    noted: Instant,
    drawn: Option<Instant>,
}

struct Files {
    appender: Appender,
    shelf: Arc<Shelf>,
    rolls: Rolls,
    synced: Instant,
}

/// Says that a show's task is there, as long as it is, however it ends.
struct Writing<'a>(&'a Recorder, BroadcastId);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.0.writing.lock().remove(&self.1);
    }
}

impl Task {
    async fn run(mut self, mut segments: mpsc::Receiver<Finished>) {
        let broadcast = self.on_air.broadcast;
        let recorder = self.recorder.clone();
        while !recorder.0.writing.lock().insert(broadcast) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let _writing = Writing(&recorder, broadcast);
        match recorder.rule(self.room).await {
            Ok(rule) => self.status.off.store(!rule.enabled, Ordering::Relaxed),
            Err(error) => error!("the recording rule of room `{}` could not be read: {error:#}", self.room),
        }
        let stop = recorder.0.app.stop.clone();
        let mut batch = Vec::with_capacity(BATCH);
        let ended = loop {
            batch.clear();
            let received = tokio::select! {
                biased;
                () = stop.cancelled() => break false,
                received = tokio::time::timeout(SYNC_EVERY, segments.recv_many(&mut batch, BATCH)) => received,
            };
            match received {
                Ok(0) => break true,
                Ok(_) => self.take(&mut batch).await,
                Err(_) => self.write(Vec::new()).await,
            }
        };
        if !ended {
            segments.close();
            while segments.recv_many(&mut batch, BATCH).await > 0 {
                self.take(&mut batch).await;
                batch.clear();
            }
        }
        if let Err(error) = self.finish(ended).await {
            error!("finishing the recording of `{broadcast}` failed: {error:#}");
        }
    }

    async fn take(&mut self, batch: &mut Vec<Finished>) {
        let bytes: u64 = batch.iter().map(|finished| finished.segment.bytes() as u64).sum();
        self.recorder.0.waiting.fetch_sub(bytes, Ordering::Relaxed);
        self.gap |= self.status.dropped.swap(false, Ordering::Relaxed);
        if self.status.off.load(Ordering::Relaxed) {
            self.gap = true;
            *self.status.failing.lock() = None;
            return;
        }
        if self.files.is_none() {
            match self.open().await {
                Ok(files) => self.files = Some(files),
                Err(error) => return self.failed(&error, batch.len()),
            }
        }
        self.write(std::mem::take(batch)).await;
    }

    /// The row first: files that no row speaks of would never be removed.
    async fn open(&self) -> anyhow::Result<Files> {
        let inner = &self.recorder.0;
        let broadcast = self.on_air.broadcast;
        let show = inner.desk.show(broadcast).await?.context("the show of a recording is not known")?;
        let recording = Recording {
            broadcast,
            room: show.room,
            org: show.org,
            team: show.team,
            title: show.title,
            state: State::Recording,
            started_at: show.started_at,
            ended_at: None,
            size: Size::default(),
        };
        let tx = inner.app.store.begin().await?;
        store::begin(tx.db(), &recording).await?;
        tx.commit().await?;
        let dir = self.recorder.dir(broadcast);
        let free = inner.settings.keep_free_bytes;
        let (appender, entries) = blocking(move || {
            super::index::private_dir(&dir)?;
            enough_space(&dir, free)?;
            Ok(Appender::open(&dir)?)
        })
        .await?;
        let shelf = self.recorder.shelf(broadcast).await?.context("a recording that has just begun is gone")?;
        let known = shelf.clone();
        blocking(move || {
            known.fill(entries);
            Ok(())
        })
        .await?;
        shelf.set_complete(false);
        let rolls = Rolls { bytes: inner.settings.chunk_bytes, ms: CHUNK_MS };
        Ok(Files { appender, shelf, rolls, synced: Instant::now() })
    }

    async fn write(&mut self, segments: Vec<Finished>) {
        let Some(mut files) = self.files.take() else { return };
        let (count, gap) = (segments.len(), self.gap);
        let free = self.recorder.0.settings.keep_free_bytes;
        let newest = segments.last().cloned();
        let written = blocking(move || {
            let done = files.write(&segments, gap, free);
            Ok((files, done))
        })
        .await;
        match written {
            Ok((files, (_, Ok(())))) => {
                self.files = Some(files);
                if let Some(newest) = newest {
                    self.draw(newest);
                    self.gap = false;
                    if self.status.failing.lock().take().is_some() {
                        info!(broadcast.id = %self.on_air.broadcast, "`{}` is recorded again", self.on_air.broadcast);
                    }
                }
                if self.noted.elapsed() >= NOTE_EVERY {
                    self.noted = Instant::now();
                    self.note().await;
                }
            }
            // The files are opened anew with the next segment.
            Ok((_, (done, Err(error)))) => self.failed(&error, count - done),
            Err(error) => self.failed(&error, count),
        }
    }

    /// A picture of the segment that was just written, when one is due.
    fn draw(&mut self, newest: Finished) {
        let every = Duration::from_secs(self.recorder.0.settings.thumbnail_s.into());
        let due = !every.is_zero() && newest.segment.independent && self.drawn.is_none_or(|at| at.elapsed() >= every);
        let Some(files) = self.files.as_ref().filter(|_| due) else { return };
        let seen = super::mp4::tracks(&newest.init).is_some_and(|tracks| tracks.iter().any(|track| track.video));
        if let Some(start) = files.shelf.newest().filter(|_| seen) {
            self.drawn = Some(Instant::now());
            thumbnails::draw(&files.shelf, start, newest.init, newest.segment.fragments);
        }
    }

    fn failed(&mut self, error: &anyhow::Error, lost: usize) {
        let full = |error: &std::io::Error| error.kind() == std::io::ErrorKind::StorageFull;
        let no_space = error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(full));
        let failing = if no_space { Failing::NoSpace } else { Failing::Disk };
        self.gap |= lost > 0;
        metrics::counter!("kaibo_record_dropped_segments_total", "reason" => failing.as_str()).increment(lost as u64);
        let before = self.status.failing.lock().replace(failing);
        if before != Some(failing) {
            warn!(broadcast.id = %self.on_air.broadcast, "`{}` is not recorded: {error:#}", self.on_air.broadcast);
        }
    }

    async fn note(&self) {
        let Some(files) = &self.files else { return };
        let size = files.shelf.size();
        let noted = async {
            let tx = self.recorder.0.app.store.begin().await?;
            store::update_size(tx.db(), self.on_air.broadcast, size).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            warn!("noting the size of a recording failed: {error:#}");
        }
    }

    async fn finish(&mut self, ended: bool) -> anyhow::Result<()> {
        if let Some(mut files) = self.files.take() {
            blocking(move || Ok(files.appender.sync()?)).await?;
        }
        let inner = &self.recorder.0;
        let broadcast = self.on_air.broadcast;
        let Some(recording) = store::find(inner.app.store.read(), broadcast).await? else { return Ok(()) };
        // A show that goes on elsewhere, or a program that stops: the sweep or the next start sees to it.
        let ended_at = inner.desk.show(broadcast).await?.and_then(|show| show.ended_at);
        match ended_at {
            Some(ended_at) if ended => self.recorder.complete(&recording, ended_at).await,
            _ => Ok(()),
        }
    }
}

impl Files {
    /// How many were written, and why not all of them.
    fn write(&mut self, segments: &[Finished], gap: bool, free: u64) -> (usize, anyhow::Result<()>) {
        for (done, finished) in segments.iter().enumerate() {
            if let Err(error) = self.append(finished, gap && done == 0, free) {
                return (done, Err(error));
            }
        }
        let due = self.synced.elapsed() >= SYNC_EVERY;
        if due {
            self.synced = Instant::now();
            if let Err(error) = self.appender.sync() {
                return (segments.len(), Err(error.into()));
            }
        }
        (segments.len(), Ok(()))
    }

    fn append(&mut self, finished: &Finished, gap: bool, free: u64) -> anyhow::Result<()> {
        enough_space(&self.shelf.dir, free)?;
        let segment = &finished.segment;
        let piece = Piece {
            fragments: &segment.fragments,
            init: (segment.init, &finished.init),
            duration: segment.duration,
            arrived: segment.arrived.0,
            discontinuity: segment.discontinuity,
            independent: segment.independent,
            gap: gap && self.shelf.end().is_some(),
        };
        let entry: Entry = self.appender.append(&piece, self.rolls)?;
        metrics::counter!("kaibo_record_bytes_total").increment(entry.length.into());
        self.shelf.push(entry);
        Ok(())
    }
}

/// The event log and the database need what is left.
pub fn enough_space(dir: &Path, keep_free: u64) -> anyhow::Result<()> {
    let disk = rustix::fs::statvfs(dir).map_err(std::io::Error::from)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < keep_free {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        return Err(anyhow::Error::from(full).context(format!("only {} MB are free", free >> 20)));
    }
    Ok(())
}

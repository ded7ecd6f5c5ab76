//! Writes what passes through the rooms to disk: one task per show, behind a bounded queue.
//!
//! The publisher's task only ever puts a segment into the queue. When the disk is too slow the queue is full and the segment
//! is left out; when the disk is full or broken the segment is left out too, and the next one is tried again. What follows
//! is marked as behind a gap.

use super::folder::Folder;
use super::index::{self, Stored};
use super::objects::Objects;
use super::shelf::Shelf;
use super::store::{self, Recording, Size, State};
use super::task::Task;
use super::{RecordSettings, rules::Rule, store_uploads, thumbnails, uploads};
use crate::tap::{Finished, Tap};
use crate::{OnAir, StreamDesk};
use anyhow::Context;
use app::App;
use eventlog::files::{Files, RealFiles};
use events::{BroadcastId, Envelope, Event, Millis, RecordingFinished, RoomId, Source};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tracing::error;

/// Segments waiting for the disk, per show.
const QUEUE: usize = 64;
/// Bytes waiting for the disk, all shows together.
const MOST_WAITING: u64 = 256 << 20;
/// Complete recordings whose index is kept in memory.
const SHELVES: usize = 256;
/// That a show is not recorded, and a room's rule, are asked for by every viewer: the database is asked so often at most.
const REMEMBERED: Duration = Duration::from_secs(3);
/// Answers remembered at once.
const MOST_REMEMBERED: usize = 4_096;

/// All recordings of this process. Cloning is cheap.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    app: App,
    desk: Arc<dyn StreamDesk>,
    settings: RecordSettings,
    target_s: u64,
    root: PathBuf,
    open: Mutex<HashMap<RoomId, Show>>,
    /// The show that every room had last.
    newest: Mutex<HashMap<RoomId, BroadcastId>>,
    /// Shows whose task has not ended.
    writing: Mutex<HashSet<BroadcastId>>,
    shelves: Mutex<HashMap<BroadcastId, Arc<Shelf>>>,
    waiting: AtomicU64,
    files: Arc<dyn Files>,
    objects: Option<Arc<Objects>>,
    /// Shows that were just found not to be recorded.
    unrecorded: Mutex<HashMap<BroadcastId, Instant>>,
    rules: Mutex<HashMap<RoomId, (Instant, Rule)>>,
    sweep: Notify,
    uploads: Notify,
    cuts: AtomicU64,
}

struct Show {
    broadcast: BroadcastId,
    queue: mpsc::Sender<Finished>,
    status: Arc<Status>,
}

/// What the task of a show and everybody else tell each other.
#[derive(Default)]
pub struct Status {
    /// The rule switched recording off.
    pub off: AtomicBool,
    /// A segment did not find room in the queue.
    pub dropped: AtomicBool,
    /// Why, and since when.
    pub failing: Mutex<Option<(Failing, Millis)>>,
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
    /// `target_s` is the target duration that live playlists tell.
    pub fn new(
        app: App,
        desk: Arc<dyn StreamDesk>,
        settings: RecordSettings,
        target_s: u64,
        objects: Option<Arc<Objects>>,
    ) -> Self {
        let root = app.data_dir.join("media");
        Self(Arc::new(Inner {
            app,
            desk,
            settings,
            target_s,
            root,
            open: Mutex::default(),
            newest: Mutex::default(),
            writing: Mutex::default(),
            shelves: Mutex::default(),
            waiting: AtomicU64::new(0),
            files: Arc::new(RealFiles),
            objects,
            unrecorded: Mutex::default(),
            rules: Mutex::default(),
            sweep: Notify::new(),
            uploads: Notify::new(),
            cuts: AtomicU64::new(0),
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

    pub fn files(&self) -> Arc<dyn Files> {
        self.0.files.clone()
    }

    pub fn objects(&self) -> Option<&Arc<Objects>> {
        self.0.objects.as_ref()
    }

    /// What holds recordings, clips and everything else here.
    pub fn root(&self) -> &PathBuf {
        &self.0.root
    }

    pub fn recordings_dir(&self) -> PathBuf {
        self.0.root.join("recordings")
    }

    /// A recording's files.
    pub fn folder(&self, broadcast: BroadcastId) -> Folder {
        self.named(format!("recordings/{broadcast}"))
    }

    /// The files of all clips.
    pub fn clips(&self) -> Folder {
        self.named("clips".to_owned())
    }

    /// The files of everything that is kept as evidence.
    pub fn evidence(&self) -> Folder {
        self.named("evidence".to_owned())
    }

    fn named(&self, name: String) -> Folder {
        Folder::new(self.0.root.join(&name), name, self.0.objects.clone())
    }

    /// The room's rule, or what the settings say. A change made elsewhere is seen some seconds later.
    pub async fn rule(&self, room: RoomId) -> anyhow::Result<Rule> {
        if let Some((_, rule)) = self.0.rules.lock().get(&room).filter(|(at, _)| at.elapsed() < REMEMBERED) {
            return Ok(*rule);
        }
        let rule = store::find_rule(self.0.app.store.read(), room).await?;
        let rule = rule.unwrap_or_else(|| self.0.settings.rule());
        let mut rules = self.0.rules.lock();
        if rules.len() >= MOST_REMEMBERED {
            rules.clear();
        }
        rules.insert(room, (Instant::now(), rule));
        Ok(rule)
    }

    /// A changed rule holds for the running show too.
    pub fn changed(&self, room: RoomId, rule: Rule) {
        self.0.rules.lock().insert(room, (Instant::now(), rule));
        if let Some(show) = self.0.open.lock().get(&room) {
            show.status.off.store(!rule.enabled, Ordering::Relaxed);
        }
    }

    fn status(&self, broadcast: BroadcastId) -> Option<Arc<Status>> {
        let open = self.0.open.lock();
        open.values().find(|show| show.broadcast == broadcast).map(|show| show.status.clone())
    }

    /// Why the running show is not recorded right now, if it should be.
    pub fn failing(&self, broadcast: BroadcastId) -> Option<(Failing, Millis)> {
        self.status(broadcast).and_then(|status| *status.failing.lock())
    }

    /// The show runs, and its room's rule is not to record it.
    pub fn is_off(&self, broadcast: BroadcastId) -> bool {
        self.status(broadcast).is_some_and(|status| status.off.load(Ordering::Relaxed))
    }

    pub fn is_writing(&self, broadcast: BroadcastId) -> bool {
        self.0.writing.lock().contains(&broadcast)
    }

    /// Waits until nobody else writes the show. Until what is answered goes, nobody else does.
    pub async fn writing(&self, broadcast: BroadcastId) -> Writing {
        while !self.0.writing.lock().insert(broadcast) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Writing(self.clone(), broadcast)
    }

    /// So many bytes are not in a queue any more.
    pub fn taken(&self, bytes: u64) {
        self.0.waiting.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub fn begun(&self, broadcast: BroadcastId) {
        self.0.unrecorded.lock().remove(&broadcast);
    }

    /// Clips that are being cut, or wait for their turn.
    pub fn cuts(&self) -> &AtomicU64 {
        &self.0.cuts
    }

    pub fn sweep_soon(&self) {
        self.0.sweep.notify_one();
    }

    pub async fn sweep_is_due(&self) {
        self.0.sweep.notified().await;
    }

    pub fn upload_soon(&self) {
        self.0.uploads.notify_one();
    }

    pub async fn upload_is_due(&self) {
        self.0.uploads.notified().await;
    }

    /// The recording of a show, unless there is none or it was removed.
    pub async fn shelf(&self, broadcast: BroadcastId) -> anyhow::Result<Option<Arc<Shelf>>> {
        if let Some(shelf) = self.0.shelves.lock().get(&broadcast) {
            return Ok(Some(shelf.clone()));
        }
        if self.0.unrecorded.lock().get(&broadcast).is_some_and(|at| at.elapsed() < REMEMBERED) {
            return Ok(None);
        }
        let asked = Instant::now();
        let found = store::find(self.0.app.store.read(), broadcast).await?;
        let Some(recording) = found.filter(|found| found.state != State::Removed) else {
            let mut unrecorded = self.0.unrecorded.lock();
            if unrecorded.len() >= MOST_REMEMBERED {
                unrecorded.clear();
            }
            unrecorded.insert(broadcast, asked);
            return Ok(None);
        };
        Ok(Some(self.open_shelf(&recording).await?))
    }

    /// The same of a recording that is known to be there.
    pub async fn open_shelf(&self, recording: &Recording) -> anyhow::Result<Arc<Shelf>> {
        let broadcast = recording.broadcast;
        let complete = recording.state == State::Complete;
        let shelf = Arc::new(Shelf::new(broadcast, recording.room, self.folder(broadcast), complete, self.0.target_s));
        let stored = uploads::stored(self, broadcast).await?;
        let (filled, known) = (shelf.clone(), stored.clone());
        let here = blocking(move || Ok(fill(&filled, &known))).await?;
        match here {
            Ok(true) => {}
            Ok(false) => {
                let entries = uploads::stored_index(self, broadcast).await?;
                let filled = shelf.clone();
                blocking(move || {
                    filled.fill(entries, &stored);
                    Ok(())
                })
                .await?;
            }
            // Said once, as long as it stays in memory.
            Err(error) if error.kind() == ErrorKind::InvalidData => error!("`{broadcast}` cannot be played: {error}"),
            Err(error) => return Err(error.into()),
        }
        let mut shelves = self.0.shelves.lock();
        if shelves.len() >= SHELVES {
            let writing = self.0.writing.lock();
            let idle = shelves.iter().find(|(id, shelf)| !writing.contains(id) && Arc::strong_count(shelf) == 1);
            if let Some(idle) = idle.map(|(id, _)| *id) {
                shelves.remove(&idle);
            }
        }
        Ok(shelves.entry(broadcast).or_insert(shelf).clone())
    }

    /// Playlists that nobody asks for any more are forgotten.
    pub fn tidy(&self) {
        let shelves: Vec<Arc<Shelf>> = self.0.shelves.lock().values().cloned().collect();
        shelves.iter().for_each(|shelf| shelf.tidy());
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
        let sealed = match shelf.as_ref().filter(|_| self.0.objects.is_some()) {
            Some(shelf) => uploads::everything(shelf).await?,
            None => Vec::new(),
        };
        let tx = self.0.app.store.begin().await?;
        store::update_size(tx.db(), broadcast, size).await?;
        if !store::complete(tx.db(), broadcast, ended_at).await? {
            return Ok(());
        }
        store_uploads::insert(tx.db(), &sealed, self.0.app.now()).await?;
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
        self.upload_soon();
        Ok(())
    }

    fn begin(&self, room: RoomId, on_air: &OnAir) -> Show {
        self.0.newest.lock().insert(room, on_air.broadcast);
        let (queue, segments) = mpsc::channel(QUEUE);
        let status = Arc::new(Status::default());
        let task = Task::new(self.clone(), room, *on_air, status.clone());
        tokio::spawn(task.run(segments));
        Show { broadcast: on_air.broadcast, queue, status }
    }
}

/// What the index on this disk says. False when there is none. Blocks.
fn fill(shelf: &Shelf, stored: &Stored) -> io::Result<bool> {
    let dir = &shelf.folder.dir;
    shelf.set_thumbnails(thumbnails::bytes(dir));
    if !dir.join(index::INDEX).exists() {
        return Ok(false);
    }
    shelf.fill(index::load(&RealFiles, dir, stored, false)?, stored);
    Ok(true)
}

/// Says that a show's files are being written, however that ends.
pub struct Writing(Recorder, BroadcastId);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.0.writing.lock().remove(&self.1);
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

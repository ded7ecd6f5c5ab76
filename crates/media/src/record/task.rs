//! Writes one show: takes its segments from a queue and puts them on disk, as long as there are any.

use super::appender::{Appender, Piece, Rolls};
use super::index::{Entry, chunk_name};
use super::recorder::{Failing, Recorder, Status, blocking};
use super::shelf::Shelf;
use super::store::{self, Recording, Size, State};
use super::{thumbnails, uploads};
use crate::OnAir;
use crate::tap::Finished;
use anyhow::Context;
use events::RoomId;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tracing::{error, info, warn};

/// Segments written at once.
const BATCH: usize = 16;
/// A chunk file is no longer than this, whatever its bytes.
const CHUNK_MS: i64 = 600_000;
/// A power cut costs at most about this.
const SYNC_EVERY: Duration = Duration::from_secs(1);
const NOTE_EVERY: Duration = Duration::from_secs(10);

pub struct Task {
    recorder: Recorder,
    room: RoomId,
    on_air: OnAir,
    status: Arc<Status>,
    files: Option<Files>,
    /// The next segment does not follow the last one that was recorded.
    gap: bool,
    noted: Instant,
    drawn: Option<Instant>,
    /// Chunks before this one are noted for the object store.
    sealed: u32,
}

struct Files {
    appender: Appender,
    shelf: Arc<Shelf>,
    rolls: Rolls,
    synced: Instant,
}

impl Task {
    pub fn new(recorder: Recorder, room: RoomId, on_air: OnAir, status: Arc<Status>) -> Self {
        Self { recorder, room, on_air, status, files: None, gap: false, noted: Instant::now(), drawn: None, sealed: 0 }
    }

    pub async fn run(mut self, mut segments: mpsc::Receiver<Finished>) {
        let broadcast = self.on_air.broadcast;
        let recorder = self.recorder.clone();
        let _writing = recorder.writing(broadcast).await;
        match recorder.rule(self.room).await {
            Ok(rule) => self.status.off.store(!rule.enabled, Ordering::Relaxed),
            Err(error) => error!("the recording rule of room `{}` could not be read: {error:#}", self.room),
        }
        let stop = recorder.app().stop.clone();
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
        self.recorder.taken(bytes);
        self.gap |= self.status.dropped.swap(false, Ordering::Relaxed);
        if self.status.off.load(Ordering::Relaxed) {
            self.gap = true;
            // What is not wanted does not fail.
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
    async fn open(&mut self) -> anyhow::Result<Files> {
        let recorder = &self.recorder;
        let broadcast = self.on_air.broadcast;
        let show = recorder.desk().show(broadcast).await?.context("the show of a recording is not known")?;
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
        let tx = recorder.app().store.begin().await?;
        store::begin(tx.db(), &recording).await?;
        tx.commit().await?;
        recorder.begun(broadcast);
        let stored = uploads::bring_back(recorder, broadcast).await?;
        let (dir, free) = (recorder.folder(broadcast).dir, recorder.settings().keep_free_bytes);
        let (files, known) = (recorder.files(), stored.clone());
        let (appender, entries) = blocking(move || {
            super::index::private_dir(&dir)?;
            enough_space(&dir, free)?;
            Ok(Appender::open(files, &dir, &known)?)
        })
        .await?;
        let shelf = recorder.open_shelf(&recording).await?;
        let known = shelf.clone();
        blocking(move || {
            known.set_thumbnails(thumbnails::bytes(&known.folder.dir));
            known.fill(entries, &stored);
            Ok(())
        })
        .await?;
        shelf.set_complete(false);
        let rolls = Rolls { bytes: recorder.settings().chunk_bytes, ms: CHUNK_MS };
        self.sealed = 0;
        Ok(Files { appender, shelf, rolls, synced: Instant::now() })
    }

    async fn write(&mut self, segments: Vec<Finished>) {
        let Some(mut files) = self.files.take() else { return };
        let (count, gap) = (segments.len(), self.gap);
        let free = self.recorder.settings().keep_free_bytes;
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
                    self.seal().await;
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

    /// Notes complete chunks for the object store. What fails is noted with the next ones.
    async fn seal(&mut self) {
        let Some(files) = self.files.as_ref().filter(|_| self.recorder.objects().is_some()) else { return };
        let Some(newest) = files.shelf.newest_chunk().filter(|newest| *newest > self.sealed) else { return };
        match uploads::seal(&self.recorder, &files.shelf, newest).await {
            Ok(()) => self.sealed = newest,
            Err(error) => warn!("`{}` is not noted for the object store: {error:#}", chunk_name(newest - 1)),
        }
    }

    /// A picture of the segment that was just written, when one is due.
    fn draw(&mut self, newest: Finished) {
        let every = Duration::from_secs(self.recorder.settings().thumbnail_s.into());
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
        if no_space {
            // The rules may find something to remove.
            self.recorder.sweep_soon();
        }
        let since = self.status.failing.lock().map_or_else(|| self.recorder.app().now(), |(_, since)| since);
        let before = self.status.failing.lock().replace((failing, since));
        if before.map(|(before, _)| before) != Some(failing) {
            warn!(broadcast.id = %self.on_air.broadcast, "`{}` is not recorded: {error:#}", self.on_air.broadcast);
        }
    }

    async fn note(&self) {
        let Some(files) = &self.files else { return };
        let size = files.shelf.size();
        let noted = async {
            let tx = self.recorder.app().store.begin().await?;
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
        let broadcast = self.on_air.broadcast;
        let Some(recording) = store::find(self.recorder.app().store.read(), broadcast).await? else { return Ok(()) };
        // A show that goes on elsewhere, or a program that stops: the sweep or the next start sees to it.
        let ended_at = self.recorder.desk().show(broadcast).await?.and_then(|show| show.ended_at);
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
        enough_space(&self.shelf.folder.dir, free)?;
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
    let free = free_bytes(dir)?;
    if free < keep_free {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        return Err(anyhow::Error::from(full).context(format!("only {} MB are free", free >> 20)));
    }
    Ok(())
}

/// What is free on the disk that holds a folder.
pub fn free_bytes(dir: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(dir)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

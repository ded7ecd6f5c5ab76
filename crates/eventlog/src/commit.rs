//! Writing groups: one write and one sync each, then readers, subscribers and appenders learn of it.
//!
//! Whoever finds the queue without a driver drives: an appender commits on its own task or thread (no hop), and passes
//! what came in the meantime to the log's thread. Before a commit the driver waits briefly for as many appends as
//! the last one had, so that writers who answer one another form whole groups.

use crate::aligned::BLOCK;
use crate::error::AppendError;
use crate::files::{File, Files};
use crate::index::{self, IndexEntry, Summary};
use crate::options::Options;
use crate::prepare::Preparer;
use crate::queue::{Group, Queue};
use crate::subscribe::Live;
use crate::view::{Active, Sealed, View};
use metrics::{counter, histogram};
use parking_lot::{Condvar, Mutex, MutexGuard, RwLock};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tracing::error;

/// Everything about one open log.
#[derive(Debug)]
pub(crate) struct Shared {
    pub dir: PathBuf,
    pub options: Options,
    pub queue: Mutex<Queue>,
    /// The first group has its siblings: what a driving task looks at without taking the lock.
    pub complete: AtomicBool,
    /// The log's thread waits here to be called.
    pub work: Condvar,
    /// A driver waits here for siblings.
    pub grown: Condvar,
    /// Blocking appenders wait here for room.
    pub room: Condvar,
    /// None: open for reading only.
    pub writer: Mutex<Option<Writer>>,
    pub view: RwLock<View>,
    /// Highest durable position.
    pub last: AtomicU64,
    /// Running mean of a commit's write and sync, in nanoseconds.
    pub sync_ns: AtomicU64,
    /// The longest write since somebody asked.
    pub slowest_ns: AtomicU64,
    /// Since when a write is under way.
    pub writing: Mutex<Option<Instant>>,
    pub live: Live,
    pub preparer: Option<Preparer>,
    pub cursors: Mutex<()>,
    pub closed: AtomicBool,
}

/// The active segment's end.
#[derive(Debug)]
pub(crate) struct Writer {
    pub file: Box<dyn File>,
    pub size: u64,
    /// Where the next record goes.
    pub tail: u64,
    /// Its position.
    pub next: u64,
    /// The records in the block that `tail` stands in; written again with the next group.
    pub block: Box<[u8]>,
    /// A write failed: what stands after `tail` is unknown, so nothing is written to this segment any more.
    pub broken: bool,
}

impl Shared {
    pub fn files(&self) -> &dyn Files {
        self.options.files.as_ref()
    }

    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// How long a driver waits for siblings.
    pub fn patience(&self) -> Duration {
        Duration::from_nanos(self.sync_ns.load(Ordering::Relaxed).clamp(20_000, 1_000_000))
    }

    /// The longest write since this was asked last; one that does not come back counts with its age.
    pub fn slowest(&self) -> Duration {
        let under_way = self.writing.lock().map_or(Duration::ZERO, |since| since.elapsed());
        under_way.max(Duration::from_nanos(self.slowest_ns.swap(0, Ordering::Relaxed)))
    }

    /// Whether the log's own thread should commit rather than a task.
    pub fn is_slow(&self) -> bool {
        self.sync_ns.load(Ordering::Relaxed) >= self.options.inline_below_us.saturating_mul(1000)
    }

    /// Whether the first group will need a new segment, which takes longer than a commit.
    pub fn must_roll(&self) -> bool {
        let bytes = self.queue.lock().groups.front().map_or(0, Group::bytes);
        self.writer.lock().as_ref().is_some_and(|writer| !writer.takes(bytes))
    }

    /// The driver gives its duty to the log's thread.
    pub fn call_thread(&self, queue: &mut Queue) {
        queue.thread_called = true;
        self.work.notify_one();
    }

    /// The driver sleeps until the first group has its siblings or patience ends.
    pub fn await_siblings(&self, queue: &mut MutexGuard<'_, Queue>) {
        let deadline = Instant::now() + self.patience();
        queue.awaits_siblings = true;
        while !queue.enough_siblings() && !self.grown.wait_until(queue, deadline).timed_out() {}
        queue.awaits_siblings = false;
    }

    /// The driver, on a task or thread of an appender, commits the first group and gives up its duty.
    pub fn commit_and_leave(&self) {
        self.commit_first(|queue| self.call_thread(queue));
    }

    /// The log's own thread.
    pub fn run(&self) {
        let mut queue = self.queue.lock();
        loop {
            while !queue.thread_called {
                if queue.stop {
                    return;
                }
                self.work.wait(&mut queue);
            }
            self.await_siblings(&mut queue);
            drop(queue);
            self.commit_first(|_| {});
            queue = self.queue.lock();
        }
    }

    /// Commits the first group; `rest` says who drives if more wait.
    fn commit_first(&self, rest: impl FnOnce(&mut Queue)) {
        let Some(mut group) = self.queue.lock().take() else { return };
        self.room.notify_all();
        let appends = group.appends;
        let result = self.commit(&mut group);
        let Group { buf, outcome, records, .. } = group;

        let mut queue = self.queue.lock();
        queue.keep_buffer(buf);
        queue.expected = appends + queue.groups.iter().map(|group| group.appends).sum::<usize>();
        if queue.groups.is_empty() {
            queue.driven = false;
            queue.thread_called = false;
            if let Some(writer) = self.writer.lock().as_ref() {
                queue.phase = writer.tail as usize % BLOCK;
            }
        } else {
            rest(&mut queue);
        }
        drop(queue);
        outcome.settle(result);
        drop(records);
    }

    /// Writes and syncs a group and publishes it. Its first position.
    fn commit(&self, group: &mut Group) -> Result<u64, AppendError> {
        let mut writer = self.writer.lock();
        let writer = writer.as_mut().ok_or(AppendError::ReadOnly)?;
        let bytes = group.bytes() as u64;
        *self.writing.lock() = Some(Instant::now());
        let result = self.write(writer, group);
        let took = self.writing.lock().take().map_or(Duration::ZERO, |since| since.elapsed());
        self.slowest_ns.fetch_max(took.as_nanos() as u64, Ordering::Relaxed);
        let (first, offset, took) = result.inspect_err(|error| {
            counter!("eventlog_failed_commits_total").increment(1);
            error!(%error, records = group.count, "event log commit failed: {error}");
        })?;

        let mean = self.sync_ns.load(Ordering::Relaxed);
        let took_ns = took.as_nanos() as u64;
        let mean = if mean == 0 { took_ns } else { mean - mean / 8 + took_ns / 8 };
        self.sync_ns.store(mean, Ordering::Relaxed);
        counter!("eventlog_appended_events_total").increment(group.count);
        counter!("eventlog_appended_bytes_total").increment(bytes);
        histogram!("eventlog_commit_records").record(group.count as f64);
        histogram!("eventlog_sync_seconds").record(took.as_secs_f64());

        {
            let mut view = self.view.write();
            let Active { summary, index } = &mut view.active;
            summary.add_many(group.count, group.first_at, group.last_at, group.max_at, offset + bytes);
            for mark in &group.marks {
                let entry =
                    IndexEntry { position: first + mark.position, offset: offset + mark.offset, max_at: mark.max_at };
                index::note(index, entry);
            }
        }
        self.live.publish(first, &mut group.records, &self.options);
        self.last.store(first + group.count - 1, Ordering::Release);
        self.live.changed.notify_waiters();
        if writer.tail > writer.size / 4
            && let Some(preparer) = &self.preparer
        {
            preparer.want_spare();
        }
        Ok(first)
    }

    /// First position, offset and time of the group's write.
    fn write(&self, writer: &mut Writer, group: &mut Group) -> Result<(u64, u64, Duration), AppendError> {
        if !writer.takes(group.bytes()) {
            self.roll(writer)?;
        }
        let (first, offset) = (writer.next, writer.tail);
        let started = Instant::now();
        writer.write(group)?;
        Ok((first, offset, started.elapsed()))
    }

    /// Continues in a new segment. The old one keeps what is durable in it and is sealed.
    fn roll(&self, writer: &mut Writer) -> std::io::Result<()> {
        let Some(preparer) = &self.preparer else { return Err(std::io::ErrorKind::ReadOnlyFilesystem.into()) };
        // From here the new name may or may not be on disk, so nothing may follow in the old segment.
        writer.broken = true;
        let file = preparer.new_segment(writer.next)?;
        let size = file.len()?;
        *writer =
            Writer { file, size, tail: BLOCK as u64, next: writer.next, block: vec![0; BLOCK].into(), broken: false };

        let mut view = self.view.write();
        let fresh = Active { summary: Summary::empty(writer.next), index: Vec::new() };
        let old = std::mem::replace(&mut view.active, fresh);
        // A segment without records was replaced under its name.
        if old.summary.count > 0 {
            view.sealed.push(Arc::new(Sealed::new(old.summary, Some(old.index.clone()))));
            preparer.write_index(old.summary, old.index);
        }
        Ok(())
    }
}

impl Writer {
    /// Whether a group of this size can go into the segment.
    fn takes(&self, bytes: usize) -> bool {
        !self.broken && self.tail + bytes as u64 <= self.size
    }

    fn write(&mut self, group: &mut Group) -> std::io::Result<()> {
        let head = self.tail as usize % BLOCK;
        let count = group.count;
        let bytes = group.bytes();
        group.set_head(head);
        group.buf.as_mut_slice()[..head].copy_from_slice(&self.block[..head]);
        group.buf.pad_to_block();
        let blocks = group.buf.as_slice();
        if let Err(error) = self.file.write_durable(blocks, self.tail - head as u64) {
            self.broken = true;
            return Err(error);
        }
        self.tail += bytes as u64;
        self.next += count;
        let end = head + bytes;
        let (whole, rest) = (end - end % BLOCK, end % BLOCK);
        self.block[..rest].copy_from_slice(&blocks[whole..end]);
        Ok(())
    }
}

//! The handle.

use crate::commit::Shared;
use crate::cursor::Cursor;
use crate::error::{CursorError, OpenError, ReadError};
use crate::open::{self, Opened};
use crate::options::Options;
use crate::reader::Reader;
use crate::subscribe::Subscription;
use parking_lot::Mutex;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

/// An open event log; clones share it. The last clone to go commits what is queued and gives the directory free.
#[derive(Debug, Clone)]
pub struct EventLog(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    _lock: Option<fs::File>,
}

impl EventLog {
    /// Opens the log in `dir`, making it if there is none. Only index files and the active segment are read. A torn
    /// tail, what a crash left of a commit that nobody was told of, is cut and overwritten with zeros.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        Self::start(open::open(dir, options)?)
    }

    /// Looks at a log that another process may be writing: everything up to the end found now. Appends are refused.
    pub fn open_read_only(dir: &Path, options: Options) -> Result<Self, OpenError> {
        Self::start(open::open_read_only(dir, options)?)
    }

    fn start(opened: Opened) -> Result<Self, OpenError> {
        let Opened { shared, jobs, lock } = opened;
        let handle = Handle { shared: Arc::new(shared), threads: Mutex::default(), _lock: lock };
        if let Some(jobs) = jobs {
            let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
                let thread = std::thread::Builder::new().name(name.into()).spawn(work);
                thread.map_err(|source| OpenError::Io { path: handle.shared.dir.clone(), source })
            };
            let (commits, prepares) = (handle.shared.clone(), handle.shared.clone());
            let committer = spawn("eventlog", Box::new(move || commits.run()))?;
            handle.threads.lock().push(committer);
            let preparer = spawn(
                "eventlog-spare",
                Box::new(move || {
                    if let Some(preparer) = &prepares.preparer {
                        preparer.run(jobs);
                    }
                }),
            )?;
            handle.threads.lock().push(preparer);
        }
        Ok(Self(Arc::new(handle)))
    }

    /// The highest durable position; 0 when nothing was ever appended.
    pub fn last(&self) -> u64 {
        self.0.shared.last()
    }

    /// The oldest position still here; `last() + 1` when there is none.
    pub fn first(&self) -> u64 {
        self.0.shared.view.read().first()
    }

    /// The longest write, its sync included, since this was asked last; one under way counts as long as it takes already.
    pub fn slowest_write(&self) -> Duration {
        self.0.shared.slowest()
    }

    /// Entries from position `from` (0 means 1) up to the durable end at the time of the call. Blocks on the disk.
    pub fn read(&self, from: u64) -> Reader {
        Reader::new(self.0.shared.clone(), from, self.last())
    }

    /// Every entry from position `from` (0 means 1) on, first from disk, then as they become durable.
    pub fn subscribe(&self, from: u64) -> Subscription {
        Subscription::new(self.0.shared.clone(), from)
    }

    /// The first position whose time is `at_ms` or later; `last() + 1` when there is none. Blocks on the disk.
    pub fn position_at(&self, at_ms: u64) -> Result<u64, ReadError> {
        Reader::position_at(&self.0.shared, at_ms)
    }

    /// A named place for a reader to remember how far it came. Any number may exist.
    pub fn cursor(&self, name: &str) -> Result<Cursor, CursorError> {
        Cursor::new(self.0.shared.clone(), name)
    }

    /// Removes whole sealed segments all of whose positions are below `before`, oldest first, and says how many. Call
    /// it only for what is archived. Readers within a removed segment may finish it.
    pub fn trim(&self, before: u64) -> Result<usize, OpenError> {
        open::trim(&self.0.shared, before)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.queue.lock().stop = true;
        self.shared.work.notify_one();
        if let Some(preparer) = &self.shared.preparer {
            preparer.close();
        }
        for thread in self.threads.lock().drain(..) {
            thread.join().ok();
        }
        self.shared.closed.store(true, Ordering::Release);
        self.shared.live.changed.notify_waiters();
    }
}

//! The thread that does what no commit should wait for: it zero-fills the next segment ahead of time (a commit into
//! blocks already written changes no metadata, which is worth a factor of two) and writes the indexes of sealed ones.

use crate::aligned::{AlignedBuf, BLOCK};
use crate::files::{Access, File, Files};
use crate::index::{self, IndexEntry, Summary};
use crate::segment::{segment_path, write_header};
use parking_lot::Mutex;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use tracing::warn;

const FILL_BYTES: usize = 1 << 20;

#[derive(Debug)]
pub(crate) enum Job {
    Spare,
    Index(Summary, Vec<IndexEntry>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spare {
    Missing,
    Wanted,
    Ready,
}

/// The committer's end.
#[derive(Debug)]
pub(crate) struct Preparer {
    files: Arc<dyn Files>,
    dir: PathBuf,
    size: u64,
    spare: Mutex<Spare>,
    jobs: Mutex<Option<Sender<Job>>>,
    stop: AtomicBool,
}

impl Preparer {
    /// Also gives what [`Preparer::run`] needs.
    pub fn new(files: Arc<dyn Files>, dir: &Path, size: u64) -> (Self, Receiver<Job>) {
        let (jobs, queue) = channel();
        let ready =
            matches!(files.open(&spare_path(dir), Access::Read).and_then(|file| file.len()), Ok(len) if len == size);
        let spare = if ready { Spare::Ready } else { Spare::Missing };
        let preparer = Self {
            files,
            dir: dir.into(),
            size,
            spare: Mutex::new(spare),
            jobs: Mutex::new(Some(jobs)),
            stop: AtomicBool::new(false),
        };
        (preparer, queue)
    }

    /// Does jobs until [`Preparer::close`] and the last job is done.
    pub fn run(&self, jobs: Receiver<Job>) {
        for job in jobs {
            match job {
                Job::Spare => {
                    let made = self.make_spare();
                    *self.spare.lock() = if made.is_ok() { Spare::Ready } else { Spare::Missing };
                    if let Err(error) = made {
                        // A partly made spare must not hold the space that is short.
                        self.files.remove(&draft_path(&self.dir)).ok();
                        warn!(%error, "no spare segment for the event log: {error}");
                    }
                }
                Job::Index(summary, index) => {
                    if let Err(error) = index::save(self.files.as_ref(), &self.dir, &summary, &index) {
                        let base = summary.base;
                        warn!(base, %error, "index of event log segment `{base}` not written, the next start makes it: {error}");
                    }
                }
            }
        }
    }

    pub fn close(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.jobs.lock().take();
    }

    /// Asks for a spare segment unless there is one.
    pub fn want_spare(&self) {
        let mut spare = self.spare.lock();
        if *spare == Spare::Missing {
            *spare = Spare::Wanted;
            self.send(Job::Spare);
        }
    }

    pub fn write_index(&self, summary: Summary, index: Vec<IndexEntry>) {
        self.send(Job::Index(summary, index));
    }

    /// A new segment under its name, durable and empty, from the spare if there is one.
    pub fn new_segment(&self, base: u64) -> io::Result<Box<dyn File>> {
        let spare = spare_path(&self.dir);
        let taken = {
            let mut state = self.spare.lock();
            let ready = *state == Spare::Ready;
            if ready {
                *state = Spare::Missing;
            }
            ready
        };
        let draft = if taken { spare } else { self.dir.join("roll.tmp") };
        if !taken {
            // Zero-filling now would keep everybody waiting; unwritten extents are only slower.
            let file = self.files.create(&draft, Access::Write)?;
            file.preallocate(self.size)?;
            file.sync()?;
        }
        self.name_segment(&draft, base)
    }

    /// The very first segment, zero-filled.
    pub fn first_segment(&self, base: u64) -> io::Result<Box<dyn File>> {
        let draft = draft_path(&self.dir);
        self.fill(&draft)?;
        self.name_segment(&draft, base)
    }

    fn name_segment(&self, draft: &Path, base: u64) -> io::Result<Box<dyn File>> {
        let file = self.files.open(draft, Access::Commit)?;
        let mut header = AlignedBuf::with_capacity(BLOCK);
        write_header(header.grow(BLOCK), base);
        file.write_durable(header.as_slice(), 0)?;
        self.files.rename(draft, &segment_path(&self.dir, base))?;
        self.files.sync_dir(&self.dir)?;
        Ok(file)
    }

    fn make_spare(&self) -> io::Result<()> {
        let draft = draft_path(&self.dir);
        self.fill(&draft)?;
        self.files.rename(&draft, &spare_path(&self.dir))
    }

    fn fill(&self, path: &Path) -> io::Result<()> {
        let file = self.files.create(path, Access::Fill)?;
        file.preallocate(self.size)?;
        let mut zeros = AlignedBuf::with_capacity(FILL_BYTES);
        zeros.grow(FILL_BYTES).fill(0);
        let mut offset = 0;
        while offset < self.size {
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = (FILL_BYTES as u64).min(self.size - offset);
            file.write_at(&zeros.as_slice()[..count as usize], offset)?;
            offset += count;
        }
        file.sync()
    }

    fn send(&self, job: Job) {
        if let Some(jobs) = self.jobs.lock().as_ref() {
            jobs.send(job).ok();
        }
    }
}

fn spare_path(dir: &Path) -> PathBuf {
    dir.join("spare")
}

fn draft_path(dir: &Path) -> PathBuf {
    dir.join("spare.tmp")
}

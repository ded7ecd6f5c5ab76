//! Opening: the lock, the segments found, the torn tail; and trimming.

use crate::aligned::BLOCK;
use crate::commit::{Shared, Writer};
use crate::error::OpenError;
use crate::files::{Access, Files};
use crate::index::{self, IndexEntry, Summary};
use crate::options::Options;
use crate::prepare::{Job, Preparer};
use crate::queue::Queue;
use crate::segment::{DATA_START, Found, Walk, check_header, dirty_range, index_path, parse_name, segment_path};
use crate::subscribe::Live;
use crate::view::{Active, Sealed, View};
use parking_lot::{Condvar, Mutex, RwLock};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::Receiver;
use tracing::warn;

pub(crate) struct Opened {
    pub shared: Shared,
    /// None: read only.
    pub jobs: Option<Receiver<Job>>,
    pub lock: Option<fs::File>,
}

pub(crate) fn open(dir: &Path, mut options: Options) -> Result<Opened, OpenError> {
    let failed = |source| OpenError::Io { path: dir.into(), source };
    options.segment_bytes = options.segment_bytes.max(64 << 10).next_multiple_of(BLOCK as u64);
    fs::create_dir_all(dir.join("cursors")).map_err(failed)?;
    for made in [dir.parent(), Some(dir)].into_iter().flatten().filter(|made| !made.as_os_str().is_empty()) {
        fs::File::open(made).and_then(|made| made.sync_all()).map_err(failed)?;
    }
    let lock = lock(dir)?;

    let files = options.files.clone();
    let files = files.as_ref();
    let bases = bases(files, dir).map_err(failed)?;
    clean(files, dir, &bases).map_err(failed)?;
    let (preparer, jobs) = Preparer::new(options.files.clone(), dir, options.segment_bytes);
    let (sealed, active, writer) = match bases.split_last() {
        None => {
            let file = preparer.first_segment(1).map_err(failed)?;
            let size = options.segment_bytes;
            let writer = Writer { file, size, tail: DATA_START, next: 1, block: vec![0; BLOCK].into(), broken: false };
            (Vec::new(), Active { summary: Summary::empty(1), index: Vec::new() }, writer)
        }
        Some((&base, before)) => {
            let sealed = sealed(files, dir, before, base, true)?;
            let (active, torn) = scan_active(files, dir, base)?;
            if torn {
                let path = segment_path(dir, base);
                cut_tail(files, &path, active.summary.end).map_err(|source| OpenError::Io { path, source })?;
            }
            let path = segment_path(dir, base);
            let writer = continue_segment(files, &path, &active.summary, options.segment_bytes)
                .map_err(|source| OpenError::Io { path, source })?;
            (sealed, active, writer)
        }
    };
    let shared = assemble(dir, options, View { sealed, active }, Some(writer), Some(preparer));
    Ok(Opened { shared, jobs: Some(jobs), lock: Some(lock) })
}

pub(crate) fn open_read_only(dir: &Path, options: Options) -> Result<Opened, OpenError> {
    let files = options.files.clone();
    let files = files.as_ref();
    let bases = bases(files, dir).map_err(|source| OpenError::Io { path: dir.into(), source })?;
    let (sealed, active) = match bases.split_last() {
        None => (Vec::new(), Active { summary: Summary::empty(1), index: Vec::new() }),
        Some((&base, before)) => (sealed(files, dir, before, base, false)?, scan_active(files, dir, base)?.0),
    };
    Ok(Opened { shared: assemble(dir, options, View { sealed, active }, None, None), jobs: None, lock: None })
}

fn assemble(dir: &Path, options: Options, view: View, writer: Option<Writer>, preparer: Option<Preparer>) -> Shared {
    let phase = writer.as_ref().map_or(0, |writer| writer.tail as usize % BLOCK);
    Shared {
        dir: dir.into(),
        options,
        queue: Mutex::new(Queue { phase, ..Queue::default() }),
        complete: AtomicBool::new(false),
        work: Condvar::new(),
        grown: Condvar::new(),
        room: Condvar::new(),
        writer: Mutex::new(writer),
        last: AtomicU64::new(view.active.summary.next() - 1),
        view: RwLock::new(view),
        sync_ns: AtomicU64::new(0),
        slowest_ns: AtomicU64::new(0),
        writing: Mutex::default(),
        live: Live::default(),
        preparer,
        cursors: Mutex::new(()),
        closed: AtomicBool::new(false),
    }
}

fn lock(dir: &Path) -> Result<fs::File, OpenError> {
    let path = dir.join("lock");
    let failed = |source| OpenError::Io { path: path.clone(), source };
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(OpenError::InUse(dir.into())),
        Err(fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// First positions of the segments, rising.
pub(crate) fn bases(files: &dyn Files, dir: &Path) -> io::Result<Vec<u64>> {
    let mut bases: Vec<u64> = files.list(dir)?.iter().filter_map(|name| parse_name(name, "seg")).collect();
    bases.sort_unstable();
    Ok(bases)
}

/// Removes drafts and indexes that belong to no sealed segment.
fn clean(files: &dyn Files, dir: &Path, bases: &[u64]) -> io::Result<()> {
    let sealed = bases.split_last().map_or(&[][..], |(_, sealed)| sealed);
    for name in files.list(dir)? {
        let stray = parse_name(&name, "idx").is_some_and(|base| sealed.binary_search(&base).is_err());
        if stray || name.to_string_lossy().ends_with(".tmp") {
            files.remove(&dir.join(name))?;
        }
    }
    Ok(())
}

/// The sealed segments, from their indexes; one without a sound index is walked through, and gets one if `repair`.
fn sealed(
    files: &dyn Files,
    dir: &Path,
    bases: &[u64],
    active: u64,
    repair: bool,
) -> Result<Vec<Arc<Sealed>>, OpenError> {
    let mut sealed = Vec::with_capacity(bases.len());
    for (at, &base) in bases.iter().enumerate() {
        let next = bases.get(at + 1).copied().unwrap_or(active);
        let path = segment_path(dir, base);
        let failed = |source| OpenError::Io { path: path.clone(), source };
        match index::load_summary(files, dir, base).map_err(failed)? {
            Some(summary) if summary.next() == next => {
                sealed.push(Arc::new(Sealed::new(summary, None)));
                continue;
            }
            // Ends before its successor begins, and its index is sound: records are missing.
            Some(summary) if summary.next() < next => {
                let segment = segment_path(dir, next);
                return Err(OpenError::Gap { segment, from: summary.next(), to: next - 1 });
            }
            _ => {}
        }
        let (summary, index) = scan_sealed(files, &path, base, next)?;
        if repair && let Err(error) = index::save(files, dir, &summary, &index) {
            warn!(base, %error, "index of event log segment `{base}` not written: {error}");
        }
        sealed.push(Arc::new(Sealed::new(summary, Some(index))));
    }
    Ok(sealed)
}

/// Walks a segment that must hold everything up to `next`.
pub(crate) fn scan_sealed(
    files: &dyn Files,
    path: &Path,
    base: u64,
    next: u64,
) -> Result<(Summary, Vec<IndexEntry>), OpenError> {
    let scan = scan(files, path, base, next)?;
    if scan.summary.next() < next {
        let what = scan.bad.unwrap_or("the segment ends before the next one begins");
        return Err(OpenError::Corrupt { segment: path.into(), offset: scan.summary.end, what });
    }
    Ok((scan.summary, scan.index))
}

/// The active segment up to its first bad record, and whether something stands behind that.
fn scan_active(files: &dyn Files, dir: &Path, base: u64) -> Result<(Active, bool), OpenError> {
    let path = segment_path(dir, base);
    let scan = scan(files, &path, base, u64::MAX)?;
    let end = scan.summary.end;
    let dirty = dirty_range(scan.walk.file.as_ref(), end, scan.len)
        .map_err(|source| OpenError::Io { path: path.clone(), source })?;
    if let Some((_, until)) = dirty {
        let bytes = until - end;
        warn!(offset = end, bytes, "event log segment `{}` has a torn tail of {bytes} bytes", path.display());
    }
    Ok((Active { summary: scan.summary, index: scan.index }, dirty.is_some() || scan.len < DATA_START))
}

pub(crate) struct Scan {
    pub summary: Summary,
    pub index: Vec<IndexEntry>,
    /// Why it stopped, unless at zeros or at `next`.
    pub bad: Option<&'static str>,
    pub walk: Walk,
    /// Length of the file.
    pub len: u64,
}

/// Walks through a segment up to position `next` or the first thing that is no record.
pub(crate) fn scan(files: &dyn Files, path: &Path, base: u64, next: u64) -> Result<Scan, OpenError> {
    let failed = |source| OpenError::Io { path: path.into(), source };
    let file = files.open(path, Access::Read).map_err(failed)?;
    check_header(file.as_ref(), path, base)?;
    let len = file.len().map_err(failed)?;
    let mut scan =
        Scan { summary: Summary::empty(base), index: Vec::new(), bad: None, walk: Walk::new(file, DATA_START), len };
    while scan.summary.next() < next {
        match scan.walk.next(len).map_err(failed)? {
            Found::Record { offset, at_ms, .. } => {
                index::note(&mut scan.index, IndexEntry { position: scan.summary.next(), offset, max_at: at_ms });
                scan.summary.add(at_ms, scan.walk.offset);
            }
            Found::End => break,
            Found::Bad(what) => {
                scan.bad = Some(what);
                break;
            }
        }
    }
    Ok(scan)
}

/// Overwrites everything behind the last good record with zeros, so that nothing of it is ever taken for a record.
fn cut_tail(files: &dyn Files, path: &Path, from: u64) -> io::Result<()> {
    let file = files.open(path, Access::Write)?;
    let len = file.len()?;
    if let Some((_, until)) = dirty_range(file.as_ref(), from, len)? {
        let zeros = vec![0; 1 << 20];
        let mut offset = from;
        while offset < until {
            let count = (zeros.len() as u64).min(until - offset);
            file.write_at(&zeros[..count as usize], offset)?;
            offset += count;
        }
    }
    file.sync()
}

fn continue_segment(files: &dyn Files, path: &Path, summary: &Summary, wanted: u64) -> io::Result<Writer> {
    let file = files.open(path, Access::Write)?;
    let mut size = file.len()?;
    // Somebody shortened it; the space behind the last record is ours again.
    if size < wanted || !size.is_multiple_of(BLOCK as u64) {
        size = size.max(wanted).next_multiple_of(BLOCK as u64);
        file.preallocate(size)?;
        file.sync()?;
    }
    let tail = summary.end;
    let mut block = vec![0; BLOCK];
    let within = tail as usize % BLOCK;
    file.read_at(&mut block[..within], tail - within as u64)?;
    let file = files.open(path, Access::Commit)?;
    Ok(Writer { file, size, tail, next: summary.next(), block: block.into(), broken: false })
}

pub(crate) fn trim(shared: &Shared, before: u64) -> Result<usize, OpenError> {
    let failed = |path: PathBuf| move |source| OpenError::Io { path, source };
    if shared.preparer.is_none() {
        return Err(failed(shared.dir.clone())(io::ErrorKind::ReadOnlyFilesystem.into()));
    }
    let removed: Vec<Arc<Sealed>> = {
        let mut view = shared.view.write();
        let count = view.sealed.partition_point(|sealed| sealed.summary.next() <= before);
        view.sealed.drain(..count).collect()
    };
    // Oldest first, each made durable: what a crash leaves never has a hole.
    for sealed in &removed {
        let path = segment_path(&shared.dir, sealed.summary.base);
        shared.files().remove(&path).map_err(failed(path))?;
        let path = index_path(&shared.dir, sealed.summary.base);
        match shared.files().remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(path)(error)),
            _ => {}
        }
        shared.files().sync_dir(&shared.dir).map_err(failed(shared.dir.clone()))?;
    }
    Ok(removed.len())
}

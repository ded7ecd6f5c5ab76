//! Files that keep back what was not synced: contents before `sync` and names before `sync_dir` stay in this process's
//! memory, so that killing the process loses exactly what a power cut may lose. For proofs, not for speed.
//!
//! Contents that are synced before their name is wait on disk under a hidden name, which the next start removes.

use super::{Access, File, Files, RealFiles};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const PAGE: u64 = 4096;
const HIDDEN: &str = ".held-";

#[derive(Debug, Clone, Default)]
pub struct HeldBackFiles {
    dirs: Arc<Mutex<HashMap<PathBuf, Dir>>>,
    made: Arc<AtomicU64>,
}

/// A directory as this process sees it, and what the disk does not know yet.
#[derive(Debug, Default)]
struct Dir {
    names: BTreeMap<OsString, Arc<Held>>,
    waiting: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Link(OsString, Arc<Held>),
    Remove(OsString),
}

#[derive(Debug)]
struct Held {
    file: fs::File,
    /// Where the contents are on disk; changes when the name becomes durable.
    place: Mutex<PathBuf>,
    unsynced: Mutex<Unsynced>,
}

#[derive(Debug, Default)]
struct Unsynced {
    pages: BTreeMap<u64, Box<[u8]>>,
    len: u64,
    allocate: bool,
}

impl HeldBackFiles {
    pub fn new() -> Self {
        Self::default()
    }

    fn with_dir<T>(&self, path: &Path, work: impl FnOnce(&mut Dir) -> io::Result<T>) -> io::Result<T> {
        let mut dirs = self.dirs.lock();
        if !dirs.contains_key(path) {
            dirs.insert(path.to_path_buf(), load(path)?);
        }
        work(dirs.get_mut(path).ok_or_else(not_found)?)
    }
}

fn load(path: &Path) -> io::Result<Dir> {
    let mut dir = Dir::default();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(HIDDEN) {
            fs::remove_file(entry.path())?;
        } else if entry.file_type()?.is_file() {
            let file = fs::OpenOptions::new().read(true).write(true).open(entry.path())?;
            let unsynced = Unsynced { len: file.metadata()?.len(), ..Default::default() };
            let held = Held { file, place: Mutex::new(entry.path()), unsynced: Mutex::new(unsynced) };
            dir.names.insert(entry.file_name(), Arc::new(held));
        }
    }
    Ok(dir)
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

fn split(path: &Path) -> io::Result<(&Path, OsString)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok((path.parent().ok_or(io::ErrorKind::InvalidInput)?, name.to_owned()))
}

impl Files for HeldBackFiles {
    fn create(&self, path: &Path, _access: Access) -> io::Result<Box<dyn File>> {
        let (parent, name) = split(path)?;
        self.with_dir(parent, |dir| {
            let place = parent.join(format!("{HIDDEN}{}", self.made.fetch_add(1, Ordering::Relaxed)));
            let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&place)?;
            let held = Arc::new(Held { file, place: Mutex::new(place), unsynced: Mutex::default() });
            dir.names.insert(name.clone(), held.clone());
            dir.waiting.push(Change::Link(name, held.clone()));
            Ok(Box::new(held) as Box<dyn File>)
        })
    }

    fn open(&self, path: &Path, _access: Access) -> io::Result<Box<dyn File>> {
        let (parent, name) = split(path)?;
        self.with_dir(parent, |dir| Ok(Box::new(dir.names.get(&name).ok_or_else(not_found)?.clone()) as Box<dyn File>))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (parent, old) = split(from)?;
        let (other, new) = split(to)?;
        if parent != other {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        self.with_dir(parent, |dir| {
            let held = dir.names.remove(&old).ok_or_else(not_found)?;
            dir.names.insert(new.clone(), held.clone());
            dir.waiting.push(Change::Link(new, held));
            dir.waiting.push(Change::Remove(old));
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (parent, name) = split(path)?;
        self.with_dir(parent, |dir| {
            dir.names.remove(&name).ok_or_else(not_found)?;
            dir.waiting.push(Change::Remove(name));
            Ok(())
        })
    }

    fn list(&self, path: &Path) -> io::Result<Vec<OsString>> {
        self.with_dir(path, |dir| {
            let folders = fs::read_dir(path)?
                .filter_map(Result::ok)
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.file_name());
            Ok(folders.chain(dir.names.keys().cloned()).collect())
        })
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.with_dir(path, |dir| {
            for change in dir.waiting.drain(..) {
                match change {
                    Change::Link(name, held) => {
                        let mut place = held.place.lock();
                        let target = path.join(name);
                        if *place != target {
                            fs::rename(&*place, &target)?;
                            *place = target;
                        }
                    }
                    // A file that moved on is no longer there.
                    Change::Remove(name) => match fs::remove_file(path.join(name)) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                        _ => {}
                    },
                }
            }
            RealFiles.sync_dir(path)
        })
    }
}

impl File for Arc<Held> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.unsynced.lock().len)
    }

    fn read_at(&self, to: &mut [u8], offset: u64) -> io::Result<usize> {
        let unsynced = self.unsynced.lock();
        let count = (to.len() as u64).min(unsynced.len.saturating_sub(offset)) as usize;
        let to = &mut to[..count];
        to.fill(0);
        let mut done = 0;
        while done < count {
            match self.file.read_at(&mut to[done..], offset + done as u64)? {
                0 => break,
                read => done += read,
            }
        }
        for (&page, bytes) in unsynced.pages.range(offset / PAGE..=(offset + count as u64) / PAGE) {
            let (from, until) = (offset.max(page * PAGE), (offset + count as u64).min((page + 1) * PAGE));
            if from < until {
                let source = &bytes[(from - page * PAGE) as usize..(until - page * PAGE) as usize];
                to[(from - offset) as usize..(until - offset) as usize].copy_from_slice(source);
            }
        }
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut done = 0usize;
        while done < bytes.len() {
            let at = offset + done as u64;
            let (page, within) = (at / PAGE, (at % PAGE) as usize);
            let count = (PAGE as usize - within).min(bytes.len() - done);
            if !self.unsynced.lock().pages.contains_key(&page) {
                let mut old = vec![0; PAGE as usize];
                self.read_at(&mut old, page * PAGE)?;
                self.unsynced.lock().pages.insert(page, old.into());
            }
            let mut unsynced = self.unsynced.lock();
            if let Some(held) = unsynced.pages.get_mut(&page) {
                held[within..within + count].copy_from_slice(&bytes[done..done + count]);
            }
            unsynced.len = unsynced.len.max(at + count as u64);
            done += count;
        }
        Ok(())
    }

    fn preallocate(&self, len: u64) -> io::Result<()> {
        let mut unsynced = self.unsynced.lock();
        unsynced.len = unsynced.len.max(len);
        unsynced.allocate = true;
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut unsynced = self.unsynced.lock();
        if std::mem::take(&mut unsynced.allocate) {
            self.file.set_len(unsynced.len)?;
        }
        let len = unsynced.len;
        for (page, bytes) in std::mem::take(&mut unsynced.pages) {
            let count = PAGE.min(len.saturating_sub(page * PAGE)) as usize;
            self.file.write_all_at(&bytes[..count], page * PAGE)?;
        }
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_disk_before_its_sync() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("a");
        let files = HeldBackFiles::new();
        let file = files.create(&path, Access::Write)?;
        file.write_at(b"hello", 0)?;
        file.sync()?;
        assert!(!path.exists(), "the name was not synced");
        files.sync_dir(dir.path())?;
        assert_eq!(fs::read(&path)?, b"hello");

        file.write_at(b"world", 0)?;
        assert_eq!(fs::read(&path)?, b"hello");
        let mut seen = [0; 8];
        assert_eq!(files.open(&path, Access::Read)?.read_at(&mut seen, 1)?, 4);
        assert_eq!(&seen[..4], b"orld");

        files.rename(&path, &dir.path().join("b"))?;
        assert!(path.exists());
        assert!(files.open(&path, Access::Read).is_err());
        // A restart sees the disk's state only.
        let again = HeldBackFiles::new();
        assert_eq!(again.list(dir.path())?, ["a"]);
        assert_eq!(again.open(&path, Access::Read)?.read_at(&mut seen, 0)?, 5);
        assert_eq!(&seen[..5], b"hello");
        files.sync_dir(dir.path())?;
        assert_eq!(HeldBackFiles::new().list(dir.path())?, ["b"]);
        Ok(())
    }
}

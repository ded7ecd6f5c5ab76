//! Files on which a test can make writes and syncs fail, with or without some bytes getting through.

use eventlog::files::{Access, File, Files, RealFiles};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone, Default)]
pub struct FaultyFiles {
    mode: Arc<AtomicU64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Half of each write gets through, then there is no space; nothing can be reserved either.
    Full,
    /// Writes get through and then their sync fails.
    SyncFails,
    /// Writes do not come back until something else is set.
    Hangs,
    /// Appending fails, making new segments works.
    WriteFails,
}

const FAULTS: [Fault; 5] = [Fault::None, Fault::Full, Fault::SyncFails, Fault::Hangs, Fault::WriteFails];

impl FaultyFiles {
    pub fn set(&self, fault: Fault) {
        let mode = FAULTS.iter().position(|other| *other == fault).unwrap_or(0);
        self.mode.store(mode as u64, Ordering::SeqCst);
    }

    fn fault(&self) -> Fault {
        FAULTS[self.mode.load(Ordering::SeqCst) as usize]
    }
}

#[derive(Debug)]
struct FaultyFile {
    file: Box<dyn File>,
    files: FaultyFiles,
}

impl Files for FaultyFiles {
    fn create(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        Ok(Box::new(FaultyFile { file: RealFiles.create(path, access)?, files: self.clone() }))
    }
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        Ok(Box::new(FaultyFile { file: RealFiles.open(path, access)?, files: self.clone() }))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealFiles.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealFiles.remove(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        RealFiles.list(dir)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        RealFiles.sync_dir(dir)
    }
}

impl File for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }
    fn read_at(&self, to: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(to, offset)
    }
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if self.files.fault() == Fault::Full {
            self.file.write_at(&bytes[..bytes.len() / 2 / 4096 * 4096], offset)?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write_at(bytes, offset)
    }
    fn preallocate(&self, len: u64) -> io::Result<()> {
        if self.files.fault() == Fault::Full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.preallocate(len)
    }
    fn sync(&self) -> io::Result<()> {
        if self.files.fault() == Fault::SyncFails {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.file.sync()
    }
    fn write_durable(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        while self.files.fault() == Fault::Hangs {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        if self.files.fault() == Fault::WriteFails && offset > 0 {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.write_at(bytes, offset)?;
        self.sync()
    }
}

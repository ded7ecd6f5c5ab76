//! The operating system's files. Segments are written past the page cache where the file system allows it: one system
//! call per commit, and a failed write leaves nothing behind that could later pretend to be on disk.

use super::{Access, File, Files};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

#[derive(Debug, Clone, Copy, Default)]
pub struct RealFiles;

#[derive(Debug)]
struct RealFile {
    file: fs::File,
    /// Opened with `O_DSYNC`: a write is durable when it returns.
    durable_writes: bool,
}

impl Files for RealFiles {
    fn create(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        open(path, access, true)
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>> {
        open(path, access, false)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        fs::File::open(dir)?.sync_all()
    }
}

fn open(path: &Path, access: Access, create: bool) -> io::Result<Box<dyn File>> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(access != Access::Read || create).create(create).truncate(create);
    let (flags, durable_writes) = match access {
        Access::Read | Access::Write => (0, false),
        Access::Fill => (libc::O_DIRECT, false),
        Access::Commit => (libc::O_DIRECT | libc::O_DSYNC, true),
    };
    let file = match options.clone().custom_flags(flags).open(path) {
        // The file system has no direct writes: the page cache and `fdatasync` do.
        Err(error) if flags != 0 && error.raw_os_error() == Some(libc::EINVAL) => {
            return Ok(Box::new(RealFile { file: options.open(path)?, durable_writes: false }));
        }
        opened => opened?,
    };
    Ok(Box::new(RealFile { file, durable_writes }))
}

impl File for RealFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, to: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while done < to.len() {
            match self.file.read_at(&mut to[done..], offset + done as u64) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }

    fn preallocate(&self, len: u64) -> io::Result<()> {
        let size = libc::off_t::try_from(len).map_err(io::Error::other)?;
        // SAFETY: the descriptor belongs to `self.file`, which lives through the call; no memory is passed.
        if unsafe { libc::fallocate(self.file.as_raw_fd(), 0, 0, size) } == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EOPNOTSUPP | libc::ENOSYS) => self.file.set_len(len),
            _ => Err(error),
        }
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write_durable(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)?;
        if self.durable_writes { Ok(()) } else { self.file.sync_data() }
    }
}

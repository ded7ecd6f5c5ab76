//! The file layer: everything the log does to the disk, so that durability can be proven and failures injected.

mod held;
mod real;

pub use held::HeldBackFiles;
pub use real::RealFiles;

use std::ffi::OsString;
use std::fmt::Debug;
use std::io;
use std::path::Path;

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading only.
    Read,
    /// Small files: ordinary buffered writes.
    Write,
    /// Whole aligned blocks, many of them, then one `sync`: preallocation.
    Fill,
    /// Whole aligned blocks, each durable when `write_durable` returns: the active segment.
    Commit,
}

/// Names and files. Nothing counts as durable before `sync` (contents) and `sync_dir` (names).
pub trait Files: Send + Sync + Debug {
    /// Makes an empty file, replacing one of that name.
    fn create(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>>;
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn File>>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// File names in a directory; without those of this layer's own.
    fn list(&self, dir: &Path) -> io::Result<Vec<OsString>>;
    /// Makes creations, renames and removals in `dir` durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// One open file.
pub trait File: Send + Sync + Debug {
    fn len(&self) -> io::Result<u64>;
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Reads up to `to.len()` bytes; fewer only at the end of the file.
    fn read_at(&self, to: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `bytes`. With `Access::Fill` and `Access::Commit` address, length and offset are multiples of 4096.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Reserves space and sets the length; the new part reads as zeros.
    fn preallocate(&self, len: u64) -> io::Result<()>;
    /// Makes everything written to this file durable.
    fn sync(&self) -> io::Result<()>;
    /// `write_at` and `sync` in one.
    fn write_durable(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_at(bytes, offset)?;
        self.sync()
    }
}

//! What can go wrong, by name.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a log did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process (or another handle in this one) writes this directory.
    #[error("event log `{}` is in use by another process", .0.display())]
    InUse(PathBuf),
    /// A record of a sealed segment, or a segment's header, does not match its checksum.
    #[error("event log segment `{}` is damaged at offset {offset}: {what}", segment.display())]
    Corrupt { segment: PathBuf, offset: u64, what: &'static str },
    /// Segments do not follow one another.
    #[error("event log lacks positions {from} to {to} before segment `{}`", segment.display())]
    Gap { segment: PathBuf, from: u64, to: u64 },
    /// Written by a version this one does not know.
    #[error("event log segment `{}` has the unknown format version {version}", segment.display())]
    UnknownVersion { segment: PathBuf, version: u32 },
    #[error("event log `{}`: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Why records were not acknowledged. After any of them the log stays consistent and takes later appends.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    #[error("record of {bytes} bytes is larger than the limit of {max} bytes")]
    RecordTooLarge { bytes: usize, max: usize },
    /// One append must fit into one segment.
    #[error("append of {bytes} bytes is larger than the limit of {max} bytes")]
    AppendTooLarge { bytes: usize, max: usize },
    /// No space left (or quota, or file size limit): later appends work when space returns.
    #[error("the event log's disk is full: {0}")]
    DiskFull(Arc<io::Error>),
    #[error("writing the event log failed: {0}")]
    Io(Arc<io::Error>),
    #[error("the event log is open for reading only")]
    ReadOnly,
}

impl From<io::Error> for AppendError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull(Arc::new(error))
            }
            _ => Self::Io(Arc::new(error)),
        }
    }
}

/// Why entries could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The position was removed by `trim`; the oldest one still here is `first`.
    #[error("position {from} is no longer in the event log, the first is {first}")]
    Trimmed { from: u64, first: u64 },
    #[error("event log segment `{}` is damaged at offset {offset} (position {position}): {what}", segment.display())]
    Corrupt { segment: PathBuf, offset: u64, position: u64, what: &'static str },
    #[error("reading event log `{}`: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// The log was closed; everything durable was delivered before.
    #[error("the event log was closed")]
    Closed,
}

/// Why a cursor could not be loaded or stored.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    #[error("`{0}` is no cursor name: use 1 to 100 letters, digits, `-`, `_`, `.`")]
    Name(String),
    #[error("cursor file `{}` is damaged", .0.display())]
    Corrupt(PathBuf),
    #[error("the event log is open for reading only")]
    ReadOnly,
    #[error("cursor file `{}`: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

//! A recording's files: init segments, chunk files of whole segments, and an index with a record per segment.
//!
//! ```text
//! recordings/{broadcast}/index         16 bytes of head, then 64 bytes per segment, appended after the segment's bytes
//!                        init-0.mp4    one per configuration
//!                        chunk-0.m4s   segments one after another, as players get them
//! ```
//! The index is the truth: what has no whole record was never recorded, and a record counts only when its bytes are there.
//! So a torn end, whatever tore it, costs the segments that were being written and nothing else.

use bytes::Bytes;
use eventlog::files::{Access, Files, RealFiles};
use std::collections::HashSet;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub const INDEX: &str = "index";
pub const HEAD: &[u8; 16] = b"kaibo recording\x01";
pub const RECORD: usize = 64;
/// Bytes of the last so many segments are compared with their checksum when a recording is opened to go on: what the disk
/// had not synced before a power cut may be missing in any order.
const VERIFIED: usize = 64;

const DISCONTINUITY: u32 = 1;
const INDEPENDENT: u32 = 2;
const GAP: u32 = 4;

/// One recorded segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Number of the init segment's file.
    pub init: u32,
    pub chunk: u32,
    pub offset: u64,
    pub length: u32,
    pub crc: u32,
    /// In ticks of 1/90000 s.
    pub duration: u64,
    /// When its first frame came in, milliseconds since 1970.
    pub arrived: i64,
    /// What comes cannot be decoded as a continuation of the segment before.
    pub discontinuity: bool,
    pub independent: bool,
    /// Segments before this one were not recorded.
    pub gap: bool,
}

impl Entry {
    pub fn encode(&self) -> [u8; RECORD] {
        let flags = u32::from(self.discontinuity) * DISCONTINUITY
            + u32::from(self.independent) * INDEPENDENT
            + u32::from(self.gap) * GAP;
        let mut bytes = Vec::with_capacity(RECORD);
        for word in [self.init, self.chunk, self.length, self.crc, flags, 0] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&self.offset.to_le_bytes());
        bytes.extend_from_slice(&self.duration.to_le_bytes());
        bytes.extend_from_slice(&self.arrived.to_le_bytes());
        bytes.resize(RECORD - 4, 0);
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        let mut record = [0; RECORD];
        record.copy_from_slice(&bytes);
        record
    }

    fn decode(record: &[u8]) -> Option<Self> {
        let (body, crc) = record.split_last_chunk::<4>()?;
        if record.len() != RECORD || crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
            return None;
        }
        let word = |at: usize| body.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let long = |at: usize| body.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        let flags = word(16)?;
        Some(Self {
            init: word(0)?,
            chunk: word(4)?,
            length: word(8)?,
            crc: word(12)?,
            offset: long(24)?,
            duration: long(32)?,
            arrived: long(40)? as i64,
            discontinuity: flags & DISCONTINUITY != 0,
            independent: flags & INDEPENDENT != 0,
            gap: flags & GAP != 0,
        })
    }

    /// Players have to begin anew here.
    pub fn breaks(&self) -> bool {
        self.discontinuity || self.gap
    }

    /// Where its bytes are in its chunk.
    pub fn range(&self) -> Range<u64> {
        self.offset..self.offset + u64::from(self.length)
    }

    /// Whether these are the bytes that were recorded.
    pub fn check(&self, bytes: &[u8]) -> io::Result<()> {
        match crc32c::crc32c(bytes) == self.crc {
            true => Ok(()),
            false => Err(io::Error::other("a segment is not what was recorded")),
        }
    }

    pub fn duration_ms(&self) -> i64 {
        (self.duration / 90) as i64
    }
}

/// Chunks that the object store has, whether or not their files are still here.
pub type Stored = HashSet<u32>;

pub fn init_name(init: u32) -> String {
    format!("init-{init}.mp4")
}

pub fn chunk_name(chunk: u32) -> String {
    format!("chunk-{chunk}.m4s")
}

pub fn init_path(dir: &Path, init: u32) -> PathBuf {
    dir.join(init_name(init))
}

pub fn chunk_path(dir: &Path, chunk: u32) -> PathBuf {
    dir.join(chunk_name(chunk))
}

/// The number in the name of an init segment's or chunk's file.
pub fn number_of(name: &str) -> Option<u32> {
    let init = || name.strip_prefix("init-")?.strip_suffix(".mp4");
    name.strip_prefix("chunk-").and_then(|rest| rest.strip_suffix(".m4s")).or_else(init)?.parse().ok()
}

/// The length of an index of so many segments.
pub fn index_bytes(segments: usize) -> u64 {
    (HEAD.len() + segments * RECORD) as u64
}

/// The segments an index speaks of, up to the first record that is torn. `InvalidData` when it is no index.
pub fn parse(bytes: &[u8]) -> io::Result<Vec<Entry>> {
    match bytes.strip_prefix(HEAD.as_slice()) {
        Some(records) => Ok(records.chunks_exact(RECORD).map_while(Entry::decode).collect()),
        None if HEAD.starts_with(bytes) => Ok(Vec::new()),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "the index of a recording has another form")),
    }
}

/// What the index here says, without a torn end. `verify` also reads the last segments.
pub fn load(files: &dyn Files, dir: &Path, stored: &Stored, verify: bool) -> io::Result<Vec<Entry>> {
    let bytes = match read_file(files, &dir.join(INDEX)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        bytes => bytes?,
    };
    let mut entries = parse(&bytes)?;
    while let Some(last) = entries.last().filter(|last| !stored.contains(&last.chunk)) {
        let length = files.open(&chunk_path(dir, last.chunk), Access::Read).and_then(|file| file.len()).unwrap_or(0);
        if length >= last.range().end {
            break;
        }
        entries.pop();
    }
    if verify {
        let from = entries.len().saturating_sub(VERIFIED);
        let broken = entries.iter().skip(from).position(|entry| {
            let local = || files.open(&chunk_path(dir, entry.chunk), Access::Read).is_ok();
            let whole = || read(files, dir, entry).is_ok_and(|bytes| crc32c::crc32c(&bytes) == entry.crc);
            !stored.contains(&entry.chunk) && local() && !whole()
        });
        if let Some(broken) = broken {
            entries.truncate(from + broken);
        }
    }
    Ok(entries)
}

/// The first entry whose chunk is still there: the oldest ones of a long show may have been removed.
pub fn first_kept(dir: &Path, entries: &[Entry], stored: &Stored) -> usize {
    let mut removed = None;
    let kept = entries.iter().position(|entry| {
        if removed == Some(entry.chunk) {
            return false;
        }
        let there = stored.contains(&entry.chunk) || chunk_path(dir, entry.chunk).exists();
        removed = (!there).then_some(entry.chunk);
        there
    });
    kept.unwrap_or(entries.len())
}

/// The bytes of a segment whose chunk is here.
pub fn read(files: &dyn Files, dir: &Path, entry: &Entry) -> io::Result<Bytes> {
    let file = files.open(&chunk_path(dir, entry.chunk), Access::Read)?;
    let mut bytes = vec![0; entry.length as usize];
    if file.read_at(&mut bytes, entry.offset)? < bytes.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes.into())
}

pub fn read_file(files: &dyn Files, path: &Path) -> io::Result<Vec<u8>> {
    let file = files.open(path, Access::Read)?;
    let mut bytes = vec![0; usize::try_from(file.len()?).map_err(io::Error::other)?];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// A folder that only its owner reads, and that is there after a power cut.
pub fn private_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent() {
        private_dir(parent)?;
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    dir.parent().map_or(Ok(()), |parent| RealFiles.sync_dir(parent))
}

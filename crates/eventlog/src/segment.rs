//! Segment files: names, the header block, and walking through the records.

use crate::aligned::BLOCK;
use crate::error::OpenError;
use crate::files::File;
use crate::record::{HEADER, MAX_RECORD_BYTES, u32_at, u64_at};
use bytes::Bytes;
use std::io;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"KAIBOLG1";
const VERSION: u32 = 1;
/// Records begin after the header block.
pub(crate) const DATA_START: u64 = BLOCK as u64;
const CHUNK: usize = 256 << 10;

pub(crate) fn segment_path(dir: &Path, base: u64) -> PathBuf {
    dir.join(format!("{base:020}.seg"))
}

pub(crate) fn index_path(dir: &Path, base: u64) -> PathBuf {
    dir.join(format!("{base:020}.idx"))
}

/// The first position, from the name of a segment (`seg`) or index file (`idx`).
pub(crate) fn parse_name(name: &std::ffi::OsStr, extension: &str) -> Option<u64> {
    let (digits, found) = name.to_str()?.split_once('.')?;
    if found != extension || digits.len() != 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Fills the header block: magic, version, first position, checksum.
pub(crate) fn write_header(block: &mut [u8], base: u64) {
    block.fill(0);
    block[0..8].copy_from_slice(MAGIC);
    block[8..12].copy_from_slice(&VERSION.to_le_bytes());
    block[16..24].copy_from_slice(&base.to_le_bytes());
    let crc = crc32c::crc32c(&block[0..24]);
    block[24..28].copy_from_slice(&crc.to_le_bytes());
}

/// Refuses a segment that is not what its name says.
pub(crate) fn check_header(file: &dyn File, path: &Path, base: u64) -> Result<(), OpenError> {
    let mut block = [0; 28];
    let read = file.read_at(&mut block, 0).map_err(|source| OpenError::Io { path: path.into(), source })?;
    let corrupt = |what| OpenError::Corrupt { segment: path.into(), offset: 0, what };
    if read < block.len() || &block[0..8] != MAGIC || crc32c::crc32c(&block[0..24]) != u32_at(&block, 24) {
        return Err(corrupt("the header does not match its checksum"));
    }
    match u32_at(&block, 8) {
        VERSION if u64_at(&block, 16) == base => Ok(()),
        VERSION => Err(corrupt("the header names another first position")),
        version => Err(OpenError::UnknownVersion { segment: path.into(), version }),
    }
}

/// What stands at an offset.
#[derive(Debug)]
pub(crate) enum Found {
    Record {
        offset: u64,
        at_ms: u64,
        payload: Bytes,
    },
    /// Sixteen zero bytes, or no room for another record.
    End,
    /// The offset stays where it is.
    Bad(&'static str),
}

/// Walks forward through the records of one segment.
#[derive(Debug)]
pub(crate) struct Walk {
    pub file: Box<dyn File>,
    pub offset: u64,
    chunk: Bytes,
    chunk_at: u64,
}

impl Walk {
    pub fn new(file: Box<dyn File>, offset: u64) -> Self {
        Self { file, offset, chunk: Bytes::new(), chunk_at: offset }
    }

    /// The next record, all of which must stand before `end`.
    pub fn next(&mut self, end: u64) -> io::Result<Found> {
        let room = end.saturating_sub(self.offset);
        if room < HEADER as u64 {
            return Ok(Found::End);
        }
        let header = self.bytes(HEADER, end)?;
        if header.len() < HEADER {
            return Ok(Found::End);
        }
        if header.iter().all(|byte| *byte == 0) {
            return Ok(Found::End);
        }
        let (len, crc, at_ms) = (u32_at(&header, 0) as usize, u32_at(&header, 4), u64_at(&header, 8));
        if len > MAX_RECORD_BYTES || (len + HEADER) as u64 > room {
            return Ok(Found::Bad("the length is impossible"));
        }
        let whole = self.bytes(HEADER + len, end)?;
        if whole.len() < HEADER + len {
            return Ok(Found::Bad("the file ends within the record"));
        }
        if crc32c::crc32c(&whole[8..]) != crc {
            return Ok(Found::Bad("the record does not match its checksum"));
        }
        let offset = self.offset;
        self.offset += (HEADER + len) as u64;
        Ok(Found::Record { offset, at_ms, payload: whole.slice(HEADER..) })
    }

    /// `count` bytes at the current offset; fewer at the end of the file.
    fn bytes(&mut self, count: usize, end: u64) -> io::Result<Bytes> {
        let mut from = (self.offset - self.chunk_at) as usize;
        if self.chunk.len() < from + count {
            let want = CHUNK.max(count).min(end.saturating_sub(self.offset) as usize);
            let mut chunk = vec![0; want];
            let read = self.file.read_at(&mut chunk, self.offset)?;
            chunk.truncate(read);
            (self.chunk, self.chunk_at, from) = (chunk.into(), self.offset, 0);
        }
        Ok(self.chunk.slice(from.min(self.chunk.len())..(from + count).min(self.chunk.len())))
    }
}

/// Offsets of the first and past the last byte that is not zero, from `start` to `len`.
pub(crate) fn dirty_range(file: &dyn File, start: u64, len: u64) -> io::Result<Option<(u64, u64)>> {
    let mut chunk = vec![0; 4 * CHUNK];
    let (mut offset, mut dirty) = (start, None::<(u64, u64)>);
    while offset < len {
        let want = chunk.len().min((len - offset) as usize);
        let read = file.read_at(&mut chunk[..want], offset)?;
        if read == 0 {
            break;
        }
        let seen = &chunk[..read];
        // Almost always everything is zero, which comparing with itself, shifted by one, finds at memcmp's speed.
        if seen[0] != 0 || seen[1..] != seen[..read - 1] {
            let first = seen.iter().position(|byte| *byte != 0).unwrap_or(0) as u64;
            let last = seen.iter().rposition(|byte| *byte != 0).unwrap_or(0) as u64;
            dirty = Some((dirty.map_or(offset + first, |(from, _)| from), offset + last + 1));
        }
        offset += read as u64;
    }
    Ok(dirty)
}

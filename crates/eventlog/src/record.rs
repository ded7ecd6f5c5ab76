//! What goes in and what comes out, and a record's bytes.
//!
//! On disk, little endian: `len u32` of the payload, `crc32c u32` over what follows, `at_ms u64`, payload. Sixteen zero
//! bytes are no record (the checksum of eight zero bytes is not zero) and mark the end.

use bytes::Bytes;

/// Largest payload of one record.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
pub(crate) const HEADER: usize = 16;

/// What is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Milliseconds since 1970; need not rise, `position_at` is exact all the same.
    pub at_ms: u64,
    /// Up to [`MAX_RECORD_BYTES`].
    pub payload: Bytes,
}

impl Record {
    pub fn new(at_ms: u64, payload: impl Into<Bytes>) -> Self {
        Self { at_ms, payload: payload.into() }
    }

    pub(crate) fn disk_len(&self) -> usize {
        HEADER + self.payload.len()
    }
}

/// What is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Dense, from 1.
    pub position: u64,
    pub at_ms: u64,
    /// A slice of a shared buffer of up to a few hundred KiB: copy it if it must live long.
    pub payload: Bytes,
}

/// Consecutive entries, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Position of the first entry.
    pub first: u64,
    pub entries: Vec<Entry>,
}

impl Batch {
    /// Position of the last entry.
    pub fn last(&self) -> u64 {
        self.first + self.entries.len() as u64 - 1
    }

    pub(crate) fn payload_bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.payload.len() + std::mem::size_of::<Entry>()).sum()
    }

    /// The part of the batch from `position` on.
    pub(crate) fn starting_at(&self, position: u64) -> Batch {
        let skip = position.saturating_sub(self.first) as usize;
        Batch { first: self.first + skip as u64, entries: self.entries.iter().skip(skip).cloned().collect() }
    }
}

/// The checksum as it stands on disk, over time and payload.
pub(crate) fn checksum(record: &Record) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&record.at_ms.to_le_bytes()), &record.payload)
}

/// Writes `record` into `to`, which is exactly as long as the record on disk.
pub(crate) fn encode(record: &Record, known_crc: Option<u32>, to: &mut [u8]) {
    let (header, payload) = to.split_at_mut(HEADER);
    payload.copy_from_slice(&record.payload);
    header[0..4].copy_from_slice(&(record.payload.len() as u32).to_le_bytes());
    header[8..16].copy_from_slice(&record.at_ms.to_le_bytes());
    let crc = known_crc.unwrap_or_else(|| crc32c::crc32c(&to[8..]));
    to[4..8].copy_from_slice(&crc.to_le_bytes());
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|part| part.try_into().ok()).map_or(0, u32::from_le_bytes)
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|part| part.try_into().ok()).map_or(0, u64::from_le_bytes)
}

//! The sparse index of a segment: about every 64 KiB a position, its offset and the latest time up to the next entry.
//! A sealed segment keeps it in a file beside it, so that opening reads 72 bytes per segment.
//!
//! File, little endian: magic, `base u64`, `count u64`, `end u64`, `first_at u64`, `last_at u64`, `max_at u64`,
//! `entries u64`, `crc32c u32` of all that, 4 zero bytes; then `position u64`, `offset u64`, `max_at u64` per entry; then `crc32c u32` of those.

use crate::files::{Access, File, Files};
use crate::record::{u32_at, u64_at};
use crate::segment::{DATA_START, index_path};
use std::io;
use std::path::Path;

const MAGIC: &[u8; 8] = b"KAIBOIX1";
const EVERY: u64 = 64 << 10;
const HEAD: usize = 72;
const ENTRY: usize = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexEntry {
    pub position: u64,
    pub offset: u64,
    /// Latest time of the records from here to the next entry.
    pub max_at: u64,
}

/// What is known of a segment's records without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    /// First position.
    pub base: u64,
    pub count: u64,
    /// Offset past the last record.
    pub end: u64,
    pub first_at: u64,
    pub last_at: u64,
    pub max_at: u64,
}

impl Summary {
    pub fn empty(base: u64) -> Self {
        Self { base, count: 0, end: DATA_START, first_at: 0, last_at: 0, max_at: 0 }
    }

    /// The position after the last.
    pub fn next(&self) -> u64 {
        self.base + self.count
    }

    pub fn add(&mut self, at_ms: u64, end: u64) {
        self.add_many(1, at_ms, at_ms, at_ms, end);
    }

    pub fn add_many(&mut self, count: u64, first_at: u64, last_at: u64, max_at: u64, end: u64) {
        if self.count == 0 {
            self.first_at = first_at;
        }
        self.count += count;
        self.last_at = last_at;
        self.max_at = self.max_at.max(max_at);
        self.end = end;
    }
}

/// Takes the next record, or several that follow one another, into the index.
pub(crate) fn note(index: &mut Vec<IndexEntry>, entry: IndexEntry) {
    match index.last_mut() {
        Some(last) if entry.offset < last.offset + EVERY => last.max_at = last.max_at.max(entry.max_at),
        _ => index.push(entry),
    }
}

/// The last entry at or before `position`.
pub(crate) fn before_position(index: &[IndexEntry], position: u64) -> Option<IndexEntry> {
    let after = index.partition_point(|entry| entry.position <= position);
    index.get(after.checked_sub(1)?).copied()
}

/// The entry whose records hold the first one at or after `at_ms`.
pub(crate) fn holding_time(index: &[IndexEntry], at_ms: u64) -> Option<IndexEntry> {
    index.iter().find(|entry| entry.max_at >= at_ms).copied()
}

/// Writes the index file, durable and at once.
pub(crate) fn save(files: &dyn Files, dir: &Path, summary: &Summary, index: &[IndexEntry]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(HEAD + index.len() * ENTRY + 4);
    bytes.extend_from_slice(MAGIC);
    let Summary { base, count, end, first_at, last_at, max_at } = *summary;
    for number in [base, count, end, first_at, last_at, max_at, index.len() as u64] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    for entry in index {
        for number in [entry.position, entry.offset, entry.max_at] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    bytes.extend_from_slice(&crc32c::crc32c(&bytes[HEAD..]).to_le_bytes());

    let path = index_path(dir, base);
    let draft = path.with_extension("idx.tmp");
    let file = files.create(&draft, Access::Write)?;
    file.write_durable(&bytes, 0)?;
    files.rename(&draft, &path)?;
    files.sync_dir(dir)
}

/// The summary, if there is an index file and it is sound.
pub(crate) fn load_summary(files: &dyn Files, dir: &Path, base: u64) -> io::Result<Option<Summary>> {
    let Some(file) = open(files, dir, base)? else { return Ok(None) };
    Ok(read_head(file.as_ref(), base)?.map(|(summary, _)| summary))
}

/// Summary and entries, if there is an index file and it is sound.
pub(crate) fn load(files: &dyn Files, dir: &Path, base: u64) -> io::Result<Option<(Summary, Vec<IndexEntry>)>> {
    let Some(file) = open(files, dir, base)? else { return Ok(None) };
    let Some((summary, count)) = read_head(file.as_ref(), base)? else { return Ok(None) };
    let mut body = vec![0; count * ENTRY + 4];
    if file.read_at(&mut body, HEAD as u64)? < body.len() {
        return Ok(None);
    }
    let (entries, crc) = body.split_at(count * ENTRY);
    if crc32c::crc32c(entries) != u32_at(crc, 0) {
        return Ok(None);
    }
    let entries = entries.chunks_exact(ENTRY).map(|entry| IndexEntry {
        position: u64_at(entry, 0),
        offset: u64_at(entry, 8),
        max_at: u64_at(entry, 16),
    });
    Ok(Some((summary, entries.collect())))
}

fn open(files: &dyn Files, dir: &Path, base: u64) -> io::Result<Option<Box<dyn File>>> {
    match files.open(&index_path(dir, base), Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

fn read_head(file: &dyn File, expected: u64) -> io::Result<Option<(Summary, usize)>> {
    let mut head = [0; HEAD];
    let read = file.read_at(&mut head, 0)?;
    if read < HEAD || &head[0..8] != MAGIC || crc32c::crc32c(&head[..64]) != u32_at(&head, 64) {
        return Ok(None);
    }
    let [base, count, end, first_at, last_at, max_at, entries] =
        [8, 16, 24, 32, 40, 48, 56].map(|at| u64_at(&head, at));
    let size = (HEAD as u64).saturating_add(entries.saturating_mul(ENTRY as u64)).saturating_add(4);
    if base != expected || file.len()? != size {
        return Ok(None);
    }
    Ok(Some((Summary { base, count, end, first_at, last_at, max_at }, entries as usize)))
}

//! A look at a log directory without changing anything, also while a server writes it.

use crate::error::OpenError;
use crate::files::RealFiles;
use crate::index::{self, Summary};
use crate::open::{bases, scan};
use crate::segment::{dirty_range, segment_path};
use std::fmt;
use std::path::{Path, PathBuf};

/// What `doctor` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub segments: Vec<SegmentReport>,
    pub records: u64,
    /// 0 if there is no record, as `last`.
    pub first: u64,
    pub last: u64,
    /// Times of the first and last record, milliseconds since 1970.
    pub first_at_ms: u64,
    pub last_at_ms: u64,
    /// Bytes behind the last good record of the active segment: a commit that a crash cut short, or one under way.
    /// The next start cuts them.
    pub torn_tail_bytes: u64,
    /// Damage to what was acknowledged, or records missing. Empty in a sound log.
    pub bad: Vec<BadRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentReport {
    pub path: PathBuf,
    pub first: u64,
    pub records: u64,
    /// Bytes of header and records.
    pub bytes: u64,
    pub index: IndexState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// The active segment has none.
    Active,
    Sound,
    /// Made at the next start; `doctor` walked through the records instead.
    Missing,
    Damaged,
    /// Sound in itself, but it says something else than the records.
    Disagrees,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    pub segment: PathBuf,
    pub offset: u64,
    /// The position the record would have.
    pub position: u64,
    pub what: String,
}

impl Report {
    /// Whether everything acknowledged is there and the indexes agree.
    pub fn is_sound(&self) -> bool {
        self.bad.is_empty() && self.segments.iter().all(|segment| segment.index != IndexState::Disagrees)
    }
}

/// Reads every record of the log in `dir`. An error means that the directory could not be read at all.
pub fn doctor(dir: &Path) -> Result<Report, OpenError> {
    let failed = |path: &Path, source| OpenError::Io { path: path.into(), source };
    let bases = bases(&RealFiles, dir).map_err(|source| failed(dir, source))?;
    let mut report = Report {
        segments: Vec::new(),
        records: 0,
        first: 0,
        last: 0,
        first_at_ms: 0,
        last_at_ms: 0,
        torn_tail_bytes: 0,
        bad: Vec::new(),
    };
    for (at, &base) in bases.iter().enumerate() {
        let path = segment_path(dir, base);
        let next = bases.get(at + 1).copied();
        let scan = match scan(&RealFiles, &path, base, next.unwrap_or(u64::MAX)) {
            Ok(scan) => scan,
            Err(OpenError::Io { path, source }) => return Err(OpenError::Io { path, source }),
            Err(error) => {
                report.bad.push(BadRecord { segment: path, offset: 0, position: base, what: error.to_string() });
                continue;
            }
        };
        let summary = scan.summary;
        if next.is_some_and(|next| summary.next() < next) {
            let what = scan.bad.unwrap_or("the segment ends before the next one begins").to_owned();
            report.bad.push(BadRecord { segment: path.clone(), offset: summary.end, position: summary.next(), what });
        }
        if next.is_none()
            && let Some((_, until)) =
                dirty_range(scan.walk.file.as_ref(), summary.end, scan.len).map_err(|source| failed(&path, source))?
        {
            report.torn_tail_bytes = until - summary.end;
        }
        let index = match next {
            None => IndexState::Active,
            Some(_) => index_state(dir, &summary, &scan.index).map_err(|source| failed(&path, source))?,
        };
        if summary.count > 0 {
            if report.records == 0 {
                (report.first, report.first_at_ms) = (base, summary.first_at);
            }
            (report.last, report.last_at_ms) = (summary.next() - 1, summary.last_at);
            report.records += summary.count;
        }
        report.segments.push(SegmentReport { path, first: base, records: summary.count, bytes: summary.end, index });
    }
    Ok(report)
}

fn index_state(dir: &Path, summary: &Summary, entries: &[index::IndexEntry]) -> std::io::Result<IndexState> {
    Ok(match index::load(&RealFiles, dir, summary.base)? {
        Some((said, index)) if said == *summary && points_at_records(&index, entries) => IndexState::Sound,
        Some(_) => IndexState::Disagrees,
        None if crate::segment::index_path(dir, summary.base).exists() => IndexState::Damaged,
        None => IndexState::Missing,
    })
}

/// The index written while appending marks other records than one made afterwards; common ones must agree.
fn points_at_records(index: &[index::IndexEntry], walked: &[index::IndexEntry]) -> bool {
    let rising = index.is_sorted_by(|a, b| a.position < b.position && a.offset < b.offset);
    let agrees = |entry: &index::IndexEntry| {
        walked
            .binary_search_by_key(&entry.position, |walked| walked.position)
            .ok()
            .and_then(|at| walked.get(at))
            .is_none_or(|walked| walked.offset == entry.offset)
    };
    rising && index.iter().all(agrees)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, first, last, first_at_ms, last_at_ms, torn_tail_bytes, .. } = self;
        writeln!(f, "{} segments, {records} records, positions {first} to {last}", self.segments.len())?;
        writeln!(f, "times {first_at_ms} to {last_at_ms} (ms since 1970)")?;
        if *torn_tail_bytes > 0 {
            writeln!(f, "torn tail of {torn_tail_bytes} bytes, cut at the next start")?;
        }
        for segment in &self.segments {
            if !matches!(segment.index, IndexState::Active | IndexState::Sound) {
                writeln!(f, "index of `{}`: {:?}", segment.path.display(), segment.index)?;
            }
        }
        for BadRecord { segment, offset, position, what } in &self.bad {
            writeln!(f, "`{}` is damaged at offset {offset} (position {position}): {what}", segment.display())?;
        }
        write!(f, "{}", if self.is_sound() { "sound" } else { "not sound" })
    }
}

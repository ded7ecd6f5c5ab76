//! What readers see of the segments: kept by the committer, looked at by everybody.

use crate::files::Files;
use crate::index::{self, IndexEntry, Summary};
use crate::segment::DATA_START;
use std::path::Path;
use std::sync::{Arc, OnceLock};

#[derive(Debug)]
pub(crate) struct View {
    pub sealed: Vec<Arc<Sealed>>,
    pub active: Active,
}

#[derive(Debug)]
pub(crate) struct Sealed {
    pub summary: Summary,
    /// Loaded from the index file when first asked for.
    index: OnceLock<Vec<IndexEntry>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Active {
    pub summary: Summary,
    pub index: Vec<IndexEntry>,
}

/// Where to begin reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The segment's first position.
    pub base: u64,
    /// Position of the record at `offset`.
    pub position: u64,
    pub offset: u64,
    /// The position after the segment's last, as far as it is durable.
    pub next: u64,
    /// The offset after that.
    pub end: u64,
}

impl Sealed {
    pub fn new(summary: Summary, index: Option<Vec<IndexEntry>>) -> Self {
        Self { summary, index: index.map(OnceLock::from).unwrap_or_default() }
    }

    /// The index; empty, and everything is then found by walking, if the file is not sound.
    pub fn index(&self, files: &dyn Files, dir: &Path) -> &[IndexEntry] {
        self.index.get_or_init(|| match index::load(files, dir, self.summary.base) {
            Ok(Some((_, index))) => index,
            found => {
                let (base, error) = (self.summary.base, found.err());
                tracing::warn!(base, ?error, "index of event log segment `{base}` is damaged, walking instead");
                Vec::new()
            }
        })
    }
}

impl View {
    pub fn first(&self) -> u64 {
        self.sealed.first().map_or(self.active.summary.base, |sealed| sealed.summary.base)
    }

    /// The segment that holds `position`, or the active one if none does yet.
    pub fn holding(&self, position: u64) -> Result<Arc<Sealed>, Place> {
        if position >= self.active.summary.base {
            return Err(place(&self.active.summary, index::before_position(&self.active.index, position)));
        }
        let after = self.sealed.partition_point(|sealed| sealed.summary.base <= position);
        match after.checked_sub(1).and_then(|at| self.sealed.get(at)) {
            Some(sealed) => Ok(sealed.clone()),
            None => Err(place(&self.active.summary, None)),
        }
    }
}

/// The place an index entry points at; without one, the segment's beginning.
pub(crate) fn place(summary: &Summary, entry: Option<IndexEntry>) -> Place {
    Place {
        base: summary.base,
        position: entry.map_or(summary.base, |entry| entry.position),
        offset: entry.map_or(DATA_START, |entry| entry.offset),
        next: summary.next(),
        end: summary.end,
    }
}

//! Reading entries in order from disk.

use crate::commit::Shared;
use crate::error::ReadError;
use crate::files::Access;
use crate::index;
use crate::record::Entry;
use crate::segment::{Found, Walk, segment_path};
use crate::view::{Place, place};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Entries from one position to another, in order, without a gap; ends after the first error.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
    next: u64,
    until: u64,
    segment: Option<Segment>,
    failed: bool,
}

#[derive(Debug)]
struct Segment {
    walk: Walk,
    path: PathBuf,
    place: Place,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>, from: u64, until: u64) -> Self {
        Self { shared, next: from.max(1), until, segment: None, failed: false }
    }

    /// The position of the entry that comes next.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Goes on to a later end.
    pub(crate) fn extend(&mut self, until: u64) {
        self.until = until;
    }

    pub(crate) fn position_at(shared: &Arc<Shared>, at_ms: u64) -> Result<u64, ReadError> {
        let (sealed, active, last) = {
            let view = shared.view.read();
            let sealed = view.sealed.iter().find(|sealed| sealed.summary.max_at >= at_ms).cloned();
            let active = (view.active.summary.count > 0 && view.active.summary.max_at >= at_ms)
                .then(|| place(&view.active.summary, index::holding_time(&view.active.index, at_ms)));
            (sealed, active, view.active.summary.next() - 1)
        };
        let found = match sealed {
            Some(sealed) => {
                let index = sealed.index(shared.files(), &shared.dir);
                Some(place(&sealed.summary, index::holding_time(index, at_ms)))
            }
            None => active,
        };
        let Some(found) = found else { return Ok(last + 1) };
        let mut reader = Self::new(shared.clone(), found.position, found.next - 1);
        reader.open(found)?;
        for entry in reader {
            let entry = entry?;
            if entry.at_ms >= at_ms {
                return Ok(entry.position);
            }
        }
        Ok(found.next)
    }

    /// Where to find `next`.
    fn locate(&self) -> Result<Place, ReadError> {
        let found = {
            let view = self.shared.view.read();
            let first = view.first();
            if self.next < first {
                return Err(ReadError::Trimmed { from: self.next, first });
            }
            view.holding(self.next)
        };
        Ok(match found {
            Ok(sealed) => {
                let index = sealed.index(self.shared.files(), &self.shared.dir);
                place(&sealed.summary, index::before_position(index, self.next))
            }
            Err(active) => active,
        })
    }

    fn open(&mut self, place: Place) -> Result<(), ReadError> {
        let path = segment_path(&self.shared.dir, place.base);
        if let Some(segment) = &mut self.segment
            && segment.place.base == place.base
        {
            // The active segment has grown; the file and the place in it remain.
            segment.place = place;
            return Ok(());
        }
        let file = self.shared.files().open(&path, Access::Read).map_err(|source| {
            let first = self.shared.view.read().first();
            match source.kind() {
                io::ErrorKind::NotFound if self.next < first => ReadError::Trimmed { from: self.next, first },
                _ => ReadError::Io { path: path.clone(), source },
            }
        })?;
        self.segment = Some(Segment { walk: Walk::new(file, place.offset), path, place });
        let mut position = place.position;
        while position < self.next {
            self.step(position)?;
            position += 1;
        }
        Ok(())
    }

    fn step(&mut self, position: u64) -> Result<Entry, ReadError> {
        let Some(Segment { walk, path, place }) = &mut self.segment else { return Err(ReadError::Closed) };
        match walk.next(place.end) {
            Ok(Found::Record { at_ms, payload, .. }) => Ok(Entry { position, at_ms, payload }),
            Ok(found) => {
                let what = if let Found::Bad(what) = found { what } else { "the record is missing" };
                Err(ReadError::Corrupt { segment: path.clone(), offset: walk.offset, position, what })
            }
            Err(source) => Err(ReadError::Io { path: path.clone(), source }),
        }
    }

    fn advance(&mut self) -> Result<Entry, ReadError> {
        if self.segment.as_ref().is_none_or(|segment| segment.place.next <= self.next) {
            let place = self.locate()?;
            self.open(place)?;
        }
        let entry = self.step(self.next)?;
        self.next += 1;
        Ok(entry)
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.next > self.until {
            return None;
        }
        let entry = self.advance();
        self.failed = entry.is_err();
        Some(entry)
    }
}

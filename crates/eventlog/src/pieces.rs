//! What a copy of the log consists of, while somebody else goes on writing it.

use crate::error::OpenError;
use crate::log::EventLog;
use crate::open::scan;
use crate::segment::{index_path, segment_path};
use std::path::PathBuf;

/// The beginning of a segment file: whole records, none of which will change any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub path: PathBuf,
    /// Bytes of the file to take: header and records.
    pub bytes: u64,
    /// Its first position, and its last; one less than the first when it holds none.
    pub first: u64,
    pub last: u64,
    /// Whether the copy is as the segment will always be.
    pub sealed: bool,
    /// The index of a sealed segment, which a copy need not have.
    pub index: Option<PathBuf>,
}

impl EventLog {
    /// The pieces that hold every position up to `until`, oldest first. Blocks on the disk.
    pub fn pieces(&self, until: u64) -> Result<Vec<Piece>, OpenError> {
        let shared = self.shared();
        let (mut summaries, active) = {
            let view = shared.view.read();
            let sealed = view.sealed.iter().map(|sealed| sealed.summary).collect::<Vec<_>>();
            (sealed, view.active.summary)
        };
        summaries.push(active);
        let count = summaries.len();
        let mut pieces = Vec::with_capacity(count);
        for (at, mut summary) in summaries.into_iter().enumerate() {
            let path = segment_path(&shared.dir, summary.base);
            if summary.base > until.max(1) {
                break;
            }
            let whole = summary.next() <= until.saturating_add(1);
            if !whole {
                summary = scan(shared.files(), &path, summary.base, until.saturating_add(1))?.summary;
            }
            let sealed = whole && at + 1 < count;
            let index = Some(index_path(&shared.dir, summary.base)).filter(|index| sealed && index.exists());
            let (bytes, first, last) = (summary.end, summary.base, summary.next() - 1);
            pieces.push(Piece { path, bytes, first, last, sealed, index });
        }
        Ok(pieces)
    }
}

//! How a log is opened.

use crate::files::{Files, RealFiles};
use std::sync::Arc;
use std::time::Duration;

/// Settings of one log. `Options::default()` is what production uses.
#[derive(Debug, Clone)]
pub struct Options {
    /// Size of one segment file in bytes; rounded up to whole blocks of 4 KiB, at least 64 KiB.
    /// Up to two are preallocated: the active one and a spare.
    pub segment_bytes: u64,
    /// How much may wait for a commit, in bytes; further appends wait for room.
    pub max_queued_bytes: usize,
    /// How much of the newest log stays in memory for live subscribers, in payload bytes.
    pub ring_bytes: usize,
    /// How long it stays there at most. Who comes later reads from disk, where keeping it costs nothing.
    pub ring_for: Duration,
    /// Commits run on the appending task while they take less than this many microseconds on average; above it, a
    /// thread of the log's own commits, so that a slow disk never holds up a runtime's worker. 0: always the thread.
    pub inline_below_us: u64,
    /// Where the bytes go: [`RealFiles`] or, to prove durability, [`crate::files::HeldBackFiles`].
    pub files: Arc<dyn Files>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            max_queued_bytes: 32 << 20,
            ring_bytes: 16 << 20,
            ring_for: Duration::from_secs(30),
            inline_below_us: 500,
            files: Arc::new(RealFiles),
        }
    }
}

impl Options {
    /// Small segments (1 MiB), for tests that open many logs or want to see many segments.
    pub fn small() -> Self {
        Self { segment_bytes: 1 << 20, ..Self::default() }
    }

    pub fn with_files(mut self, files: Arc<dyn Files>) -> Self {
        self.files = files;
        self
    }

    pub fn with_segment_bytes(mut self, segment_bytes: u64) -> Self {
        self.segment_bytes = segment_bytes;
        self
    }
}

//! What the simulated audience did, counted by itself, to be held against what the server says.

use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Totals of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SimCounts {
    /// Viewers that arrived and were given a token.
    pub visits: u64,
    /// Viewers that received their first media segment: one entry each.
    pub entries: u64,
    /// Viewers whose first segment was asked for but never confirmed; the server may or may not count them.
    pub entries_unsure: u64,
    pub segments: u64,
    pub media_bytes: u64,
    pub danmaku_sent: u64,
    pub danmaku_acked: u64,
    pub danmaku_refused: u64,
    /// Danmaku that had no answer when their viewer left.
    pub danmaku_unanswered: u64,
    /// Likes sent on sockets that were closed in order afterwards.
    pub likes_sure: u64,
    /// Likes sent before a socket broke; the server may or may not have them.
    pub likes_unsure: u64,
    /// Played milliseconds reported in heartbeats.
    pub played_ms: u64,
    /// Played milliseconds in heartbeats on sockets that broke afterwards, contained in `played_ms`.
    pub played_unsure_ms: u64,
    pub stalls: u64,
    pub sockets_opened: u64,
    pub sockets_broken: u64,
    /// Danmaku that arrived in ticks.
    pub danmaku_seen: u64,
    /// Ticks whose `prev` was not the `seq` before: answered with a resume.
    pub gaps: u64,
    /// Answers of the server that were neither success nor an expected "not yet".
    pub failures: u64,
}

/// The same while it runs.
#[derive(Debug, Default)]
pub struct Tally {
    pub visits: AtomicU64,
    pub entries: AtomicU64,
    pub entries_asked: AtomicU64,
    pub segments: AtomicU64,
    pub media_bytes: AtomicU64,
    pub danmaku_sent: AtomicU64,
    pub danmaku_acked: AtomicU64,
    pub danmaku_refused: AtomicU64,
    pub danmaku_unanswered: AtomicU64,
    pub likes_sure: AtomicU64,
    pub likes_unsure: AtomicU64,
    pub played_ms: AtomicU64,
    pub played_unsure_ms: AtomicU64,
    pub stalls: AtomicU64,
    pub sockets_opened: AtomicU64,
    pub sockets_broken: AtomicU64,
    pub danmaku_seen: AtomicU64,
    pub gaps: AtomicU64,
    pub failures: AtomicU64,
}

pub fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Relaxed);
}

impl Tally {
    pub fn counts(&self) -> SimCounts {
        let read = |counter: &AtomicU64| counter.load(Relaxed);
        SimCounts {
            visits: read(&self.visits),
            entries: read(&self.entries),
            entries_unsure: read(&self.entries_asked).saturating_sub(read(&self.entries)),
            segments: read(&self.segments),
            media_bytes: read(&self.media_bytes),
            danmaku_sent: read(&self.danmaku_sent),
            danmaku_acked: read(&self.danmaku_acked),
            danmaku_refused: read(&self.danmaku_refused),
            danmaku_unanswered: read(&self.danmaku_unanswered),
            likes_sure: read(&self.likes_sure),
            likes_unsure: read(&self.likes_unsure),
            played_ms: read(&self.played_ms),
            played_unsure_ms: read(&self.played_unsure_ms),
            stalls: read(&self.stalls),
            sockets_opened: read(&self.sockets_opened),
            sockets_broken: read(&self.sockets_broken),
            danmaku_seen: read(&self.danmaku_seen),
            gaps: read(&self.gaps),
            failures: read(&self.failures),
        }
    }
}

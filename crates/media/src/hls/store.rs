//! The segments of one show: a bounded ring in memory, its playlist rendered once per change.
//!
//! Numbers only grow, also across a restart of the program that forgets everything: a fresh stream takes its first media
//! sequence number, and its first discontinuity sequence number, from the clock, as half seconds since the show began.
//! Segments last longer than half a second on average ([`HlsStream::ahead`] lets the ingest hold back who is faster), so
//! the clock is always ahead of what was given out before.

use super::playlist::{self, Rendered};
use crate::packager::Fragment;
use crate::tap::Finished;
use bytes::Bytes;
use events::{BroadcastId, Millis};
use parking_lot::RwLock;
use std::collections::VecDeque;
use std::sync::Arc;

/// One number per this many milliseconds of the show is the most that may be used.
const NUMBER_MS: i64 = 500;
/// Segments that a stream may be ahead of the clock, as after pushing a file at once.
const BURST: i64 = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Named in the playlist.
    pub listed: usize,
    pub segments: usize,
    pub bytes: usize,
    /// Wanted length of a segment in seconds.
    pub target_s: u64,
}

/// A finished segment. Its fragments stand apart so that each can be fetched on its own one day.
#[derive(Debug, Clone)]
pub struct Segment {
    pub sequence: u64,
    /// Number of the init segment: the sequence number of the first segment that used it.
    pub init: u64,
    pub fragments: Vec<Bytes>,
    /// In ticks of 1/90000 s.
    pub duration: u64,
    pub independent: bool,
    /// What comes cannot be decoded as a continuation of the segment before.
    pub discontinuity: bool,
    pub arrived: Millis,
}

impl Segment {
    pub fn bytes(&self) -> usize {
        self.fragments.iter().map(Bytes::len).sum()
    }
}

#[derive(Debug)]
struct State {
    segments: VecDeque<Segment>,
    /// Init segments that a kept segment still uses, and the newest.
    inits: VecDeque<(u64, Bytes)>,
    bytes: usize,
    next: u64,
    /// Discontinuities before the first listed segment.
    discontinuities: u64,
    /// Segments at the front that are kept but not listed.
    unlisted: usize,
    /// The next segment begins with a discontinuity.
    broken: bool,
    open: Vec<Fragment>,
    longest_s: u64,
    ended: bool,
    playlist: Option<Arc<Rendered>>,
}

/// A show's media, shared by its publisher and its players.
#[derive(Debug)]
pub struct HlsStream {
    pub broadcast: BroadcastId,
    started_at: Millis,
    retention: Retention,
    state: RwLock<State>,
}

impl HlsStream {
    /// `resumed` when the show had media before that is not kept here any more.
    pub fn new(broadcast: BroadcastId, started_at: Millis, now: Millis, resumed: bool, retention: Retention) -> Self {
        let base = u64::try_from(now.since(started_at) / NUMBER_MS).unwrap_or_default();
        let state = State {
            segments: VecDeque::new(),
            inits: VecDeque::new(),
            bytes: 0,
            next: base,
            discontinuities: base,
            unlisted: 0,
            broken: resumed,
            open: Vec::new(),
            longest_s: retention.target_s.max(1),
            ended: false,
            playlist: None,
        };
        Self { broadcast, started_at, retention, state: RwLock::new(state) }
    }

    /// What follows needs this init segment. Answers the segment that is complete with it, if one was open.
    pub fn init(&self, data: Bytes) -> Option<Finished> {
        let mut state = self.state.write();
        let finished = state.close();
        let number = state.next;
        state.broken |= !state.inits.is_empty();
        state.inits.retain(|(unused, _)| *unused != number);
        state.inits.push_back((number, data));
        finished
    }

    /// Answers the segment that this fragment completes.
    pub fn push(&self, fragment: Fragment) -> Option<Finished> {
        let mut state = self.state.write();
        let ends = fragment.ends_segment;
        state.open.push(fragment);
        if !ends {
            return None;
        }
        let finished = state.close();
        state.retain(&self.retention);
        state.render(self.broadcast);
        finished
    }

    /// No segment will follow: the playlist says so.
    pub fn end(&self) -> Option<Finished> {
        let mut state = self.state.write();
        let finished = state.close();
        state.ended = true;
        state.render(self.broadcast);
        finished
    }

    /// The playlist, once there is a segment.
    pub fn playlist(&self) -> Option<Arc<Rendered>> {
        self.state.read().playlist.clone()
    }

    pub fn segment(&self, sequence: u64) -> Option<Segment> {
        let state = self.state.read();
        let first = state.segments.front()?.sequence;
        let index = usize::try_from(sequence.checked_sub(first)?).ok()?;
        state.segments.get(index).cloned()
    }

    pub fn init_segment(&self, number: u64) -> Option<Bytes> {
        let state = self.state.read();
        state.inits.iter().find(|(init, _)| *init == number).map(|(_, data)| data.clone())
    }

    /// Bytes of finished segments.
    pub fn bytes(&self) -> usize {
        self.state.read().bytes
    }

    /// Whether numbers are given out faster than the clock allows.
    pub fn ahead(&self, now: Millis) -> bool {
        let allowed = now.since(self.started_at) / NUMBER_MS + BURST;
        i64::try_from(self.state.read().next).is_ok_and(|next| next > allowed)
    }
}

impl State {
    fn close(&mut self) -> Option<Finished> {
        let first = self.open.first()?;
        let (init, init_data) = self.inits.back().cloned()?;
        let segment = Segment {
            sequence: self.next,
            init,
            duration: self.open.iter().map(|fragment| fragment.duration).sum(),
            independent: first.independent,
            discontinuity: std::mem::take(&mut self.broken),
            arrived: first.arrived,
            fragments: self.open.drain(..).map(|fragment| fragment.data).collect(),
        };
        self.next += 1;
        self.longest_s = self.longest_s.max((segment.duration + 45_000) / 90_000);
        self.bytes += segment.bytes();
        self.segments.push_back(segment.clone());
        Some(Finished { segment, init: init_data })
    }

    fn retain(&mut self, retention: &Retention) {
        let listed = retention.listed.max(1);
        while self.segments.len() - self.unlisted > listed {
            self.unlist();
        }
        while self.segments.len() > 1
            && (self.segments.len() > retention.segments.max(listed) || self.bytes > retention.bytes)
        {
            if self.unlisted == 0 {
                self.unlist();
            }
            if let Some(gone) = self.segments.pop_front() {
                self.bytes -= gone.bytes();
                self.unlisted -= 1;
            }
        }
        let oldest = self.segments.front().map_or(0, |segment| segment.init);
        while self.inits.len() > 1 && self.inits.front().is_some_and(|(number, _)| *number < oldest) {
            self.inits.pop_front();
        }
    }

    fn unlist(&mut self) {
        if self.segments.get(self.unlisted).is_some_and(|segment| segment.discontinuity) {
            self.discontinuities += 1;
        }
        self.unlisted += 1;
    }

    fn render(&mut self, broadcast: BroadcastId) {
        if self.segments.is_empty() {
            return;
        }
        let listed = self.segments.range(self.unlisted..);
        let rendered = playlist::render(broadcast, listed, self.longest_s, self.discontinuities, self.ended);
        self.playlist = Some(Arc::new(rendered));
    }
}

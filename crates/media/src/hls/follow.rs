//! Reading a stream part by part from within the program, and what renditions of one show know of each other.

use super::store::{HlsStream, Part, State};
use bytes::Bytes;
use events::Millis;
use std::sync::{Arc, Weak};

/// How far a reader has come: what it reads next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub sequence: u64,
    pub part: usize,
}

#[derive(Debug)]
pub enum Step {
    Part {
        data: Bytes,
        part: Part,
        /// The number of the init segment it needs.
        init: u64,
    },
    /// The reader was too slow: what it wanted is not kept any more.
    Lost,
    /// The stream is over and everything was read.
    Ended,
}

/// What a rendition's segments were like.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates {
    pub peak_bps: u64,
    pub average_bps: u64,
    pub frame_rate: f64,
}

impl HlsStream {
    /// The beginning of the segment that is coming.
    pub fn edge(&self) -> Cursor {
        Cursor { sequence: self.position.borrow().next, part: 0 }
    }

    /// The beginning of the newest segment that is complete.
    pub fn newest(&self) -> Option<Cursor> {
        let sequence = self.state.read().segments.back()?.sequence;
        Some(Cursor { sequence, part: 0 })
    }

    /// When the first frame of the newest part arrived.
    pub fn newest_arrived(&self) -> Option<Millis> {
        self.state.read().newest_part().map(|part| part.arrived)
    }

    /// Comes back when there is a playlist, or there will never be one.
    pub async fn begun(&self) {
        let mut positions = self.position.subscribe();
        while self.newest().is_none() && !self.state.read().ended {
            // The sender lives as long as `self`.
            let _ = positions.changed().await;
        }
    }

    /// The next part, once it is there.
    pub async fn follow(&self, cursor: &mut Cursor) -> Step {
        let mut positions = self.position.subscribe();
        loop {
            if let Some(step) = self.state.read().step(cursor) {
                return step;
            }
            // The sender lives as long as `self`.
            let _ = positions.changed().await;
        }
    }

    /// Renditions that its playlist reports on.
    pub(crate) fn set_siblings(&self, siblings: Vec<(String, Weak<HlsStream>)>) {
        *self.siblings.write() = siblings;
    }

    /// Of each sibling: its playlist, its newest segment, and the newest part of that.
    pub(super) fn reports(&self) -> Vec<(String, u64, Option<usize>)> {
        let siblings = self.siblings.read();
        let alive = siblings.iter().filter_map(|(name, sibling)| Some((name, sibling.upgrade()?)));
        alive.filter_map(|(name, sibling): (&String, Arc<HlsStream>)| sibling.report(name)).collect()
    }

    fn report(&self, name: &str) -> Option<(String, u64, Option<usize>)> {
        let position = *self.position.borrow();
        let (sequence, parts) = match position.parts {
            0 => (position.next.checked_sub(1)?, position.parts_before),
            parts => (position.next, parts),
        };
        Some((name.to_owned(), sequence, parts.checked_sub(1)))
    }

    /// Measured over the segments that are kept.
    pub fn rates(&self) -> Rates {
        let state = self.state.read();
        let mut rates = Rates::default();
        let (mut bytes, mut ticks, mut pictures) = (0u64, 0u64, 0u64);
        for segment in state.segments.iter().filter(|segment| segment.duration > 0) {
            let size = segment.bytes() as u64;
            rates.peak_bps = rates.peak_bps.max(size * 8 * 90_000 / segment.duration);
            bytes += size;
            ticks += segment.duration;
            pictures += segment.parts.iter().map(|part| u64::from(part.pictures)).sum::<u64>();
        }
        if let Some(average_bps) = (bytes * 8 * 90_000).checked_div(ticks) {
            rates.average_bps = average_bps;
            rates.frame_rate = pictures as f64 * 90_000.0 / ticks as f64;
        }
        rates
    }
}

impl State {
    fn step(&self, cursor: &mut Cursor) -> Option<Step> {
        let first = self.segments.front().map_or(self.next, |segment| segment.sequence);
        if cursor.sequence < first {
            return Some(Step::Lost);
        }
        loop {
            let Cursor { sequence, part } = *cursor;
            if let Some((data, found)) = self.part(sequence, part) {
                let open = || self.inits.back().map(|(number, _)| *number);
                let init = self.segment(sequence).map(|segment| segment.init).or_else(open).unwrap_or_default();
                cursor.part += 1;
                return Some(Step::Part { data, part: found, init });
            }
            if sequence < self.next {
                *cursor = Cursor { sequence: sequence + 1, part: 0 };
                continue;
            }
            return self.ended.then_some(Step::Ended);
        }
    }

    /// The discontinuity sequence number of a segment that is listed or coming.
    pub(super) fn discontinuities_at(&self, sequence: u64) -> u64 {
        let listed = self.segments.range(self.unlisted.min(self.segments.len())..);
        let breaks = listed.filter(|segment| segment.discontinuity && segment.sequence <= sequence).count() as u64;
        self.discontinuities + breaks + u64::from(self.broken && sequence >= self.next)
    }
}

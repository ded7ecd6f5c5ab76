//! How far the picture has played: a play head over what was downloaded. Pure.

use crate::playlist::Segment;
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// It plays in real time while there is something to play.
#[derive(Debug, Default)]
pub struct Playback {
    waiting: VecDeque<Waiting>,
    played: Duration,
    reported: Duration,
    moved: Option<Instant>,
    stalled: bool,
    shown_ms: Option<f64>,
    /// When the first media was there, until it is told.
    began: Option<Instant>,
    /// How long nothing has been left to play.
    dry: Duration,
    went: Went,
}

/// How playing went since the last report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Went {
    /// When the first frame could be shown, in the first report.
    pub began: Option<Instant>,
    pub played_ms: u64,
    /// Over 200 ms each.
    pub stalls: u64,
    pub stalled_ms: u64,
}

const STALL: Duration = Duration::from_millis(200);

#[derive(Debug)]
struct Waiting {
    /// The program date-time of what comes next of it.
    at_ms: Option<f64>,
    left: Duration,
}

impl Playback {
    /// More has arrived.
    pub fn buffer(&mut self, segment: &Segment, now: Instant) {
        self.advance(now);
        if self.moved.is_none() {
            self.began = Some(now);
        }
        let dry = std::mem::take(&mut self.dry);
        if dry > STALL {
            self.went.stalls += 1;
            self.went.stalled_ms += dry.as_millis() as u64;
        }
        self.waiting.push_back(Waiting { at_ms: segment.at_ms.map(|ms| ms as f64), left: segment.length });
        self.stalled = false;
        self.moved = Some(now);
    }

    /// What lies ahead of the play head.
    pub fn ahead(&mut self, now: Instant) -> Duration {
        self.advance(now);
        self.waiting.iter().map(|waiting| waiting.left).sum()
    }

    /// True once per running dry.
    pub fn ran_dry(&mut self, now: Instant) -> bool {
        self.advance(now);
        let dry = self.moved.is_some() && self.waiting.is_empty() && !self.stalled;
        self.stalled |= dry;
        dry
    }

    /// Milliseconds really played since the last call.
    pub fn report_ms(&mut self, now: Instant) -> u64 {
        self.advance(now);
        let whole = Duration::from_millis((self.played - self.reported).as_millis() as u64);
        self.reported += whole;
        whole.as_millis() as u64
    }

    /// What a report of quality tells: a stall once it is over.
    pub fn went(&mut self, now: Instant) -> Went {
        self.advance(now);
        Went { began: self.began.take(), ..std::mem::take(&mut self.went) }
    }

    /// The program date-time of the shown frame as of the last look, milliseconds since 1970.
    pub fn shown_ms(&self) -> Option<i64> {
        self.shown_ms.map(|ms| ms as i64)
    }

    fn advance(&mut self, now: Instant) {
        let Some(moved) = self.moved.replace(now) else {
            self.moved = None;
            return;
        };
        let mut step = now.saturating_duration_since(moved);
        while let Some(next) = self.waiting.front_mut() {
            let part = step.min(next.left);
            step -= part;
            next.left -= part;
            next.at_ms = next.at_ms.map(|ms| ms + part.as_secs_f64() * 1_000.0);
            self.shown_ms = next.at_ms.or(self.shown_ms);
            self.played += part;
            self.went.played_ms += part.as_millis() as u64;
            if !next.left.is_zero() {
                return;
            }
            self.waiting.pop_front();
        }
        self.dry += step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(at_ms: i64, length_ms: u64) -> Segment {
        Segment { number: 0, at_ms: Some(at_ms), length: Duration::from_millis(length_ms), uri: String::new() }
    }

    #[test]
    fn only_what_was_downloaded_can_be_played() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut playback = Playback::default();
        assert_eq!(playback.report_ms(at(500)), 0, "nothing has arrived");
        playback.buffer(&segment(50_000, 2_000), at(1000));
        assert_eq!((playback.report_ms(at(1600)), playback.shown_ms()), (600, Some(50_600)));
        assert!(!playback.ran_dry(at(2999)));
        assert!(playback.ran_dry(at(9000)));
        assert!(!playback.ran_dry(at(9500)), "one stall is one stall");
        assert_eq!((playback.report_ms(at(9500)), playback.shown_ms()), (1400, Some(52_000)));
        playback.buffer(&segment(60_000, 2_000), at(10_000));
        playback.buffer(&segment(62_000, 2_000), at(10_000));
        assert_eq!(playback.ahead(at(10_500)), Duration::from_millis(3500));
        assert_eq!((playback.report_ms(at(13_000)), playback.shown_ms()), (3_000, Some(63_000)));
    }

    #[test]
    fn a_report_tells_of_stalls_once_they_are_over() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut playback = Playback::default();
        playback.buffer(&segment(50_000, 2_000), at(700));
        playback.buffer(&segment(52_000, 2_000), at(2_800));
        let went = playback.went(at(4_700));
        assert_eq!((went.began, went.stalls, went.stalled_ms), (Some(at(700)), 0, 0), "100 ms are no stall");
        assert_eq!(playback.went(at(7_000)).stalls, 0, "it goes on");
        playback.buffer(&segment(54_000, 2_000), at(8_000));
        let went = playback.went(at(9_000));
        assert_eq!((went.began, went.stalls, went.stalled_ms, went.played_ms), (None, 1, 3_200, 1_000));
    }
}

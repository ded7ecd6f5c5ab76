//! The state of a broadcast as seen at one moment: what metrics read from.

use crate::{
    presence::Curve,
    state::{BroadcastState, MINUTE_MS, Minute},
};
use events::Millis;
use serde::Serialize;
use std::cell::OnceCell;

/// A metric's value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    Whole(i64),
    Real(f64),
}

impl Number {
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Real(number) => number,
        }
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// `above / below`; a ratio over zero is null.
pub fn ratio(above: f64, below: f64) -> Option<Number> {
    (below > 0.0).then(|| Number::Real(above / below))
}

/// A broadcast's state at `at`. The online curve is drawn once, when first asked for.
pub struct View<'a> {
    pub state: &'a BroadcastState,
    pub at: Millis,
    curve: OnceCell<Curve>,
}

impl<'a> View<'a> {
    pub fn new(state: &'a BroadcastState, at: Millis) -> Self {
        Self { state, at, curve: OnceCell::new() }
    }

    /// The show's own time: from its beginning to its end, its last row (imports) or the moment of the view.
    pub fn span(&self) -> Option<(Millis, Millis)> {
        let from = self.state.started_at?;
        let to = if self.state.import {
            self.state.last_row_at?
        } else {
            self.state.ended_at.unwrap_or(self.at).min(self.at)
        };
        (to >= from).then_some((from, to))
    }

    /// Minutes live, more than 0.
    pub fn minutes_live(&self) -> Option<f64> {
        let (from, to) = self.span()?;
        let ms = to.since(from);
        (ms > 0).then(|| ms as f64 / MINUTE_MS as f64)
    }

    /// The online curve; imports have none, as other platforms report no exits and no heartbeats.
    pub fn curve(&self) -> Option<&Curve> {
        if self.state.import {
            return None;
        }
        let (_, to) = self.span()?;
        Some(self.curve.get_or_init(|| self.state.presence.curve(to)))
    }

    /// Milliseconds really played; null for an import without heartbeats.
    pub fn watch_ms(&self) -> Option<u64> {
        (!self.state.import || self.state.totals.heartbeats > 0).then_some(self.state.totals.watch_ms)
    }

    /// Danmaku on air.
    pub fn danmaku(&self) -> u64 {
        self.state.totals.danmaku + self.state.undated()
    }

    /// Sum of a bucket field over the minutes that begin in `from..to`.
    pub fn sum(&self, from: Millis, to: Millis, field: impl Fn(&Minute) -> i64) -> i64 {
        let minutes = self.state.minutes.range(first_minute(from)..first_minute(to).max(first_minute(from)));
        minutes.map(|(_, minute)| field(minute)).fold(0, i64::saturating_add)
    }

    /// Sum of a bucket field over all minutes that begin before `to`.
    pub fn sum_until(&self, to: Millis, field: impl Fn(&Minute) -> i64) -> i64 {
        self.state.minutes.range(..first_minute(to)).map(|(_, minute)| field(minute)).fold(0, i64::saturating_add)
    }
}

/// The first minute that begins at `at` or later.
fn first_minute(at: Millis) -> i64 {
    at.0.saturating_add(MINUTE_MS - 1).div_euclid(MINUTE_MS)
}

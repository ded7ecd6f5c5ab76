//! What an entry of the dictionary says.

use crate::view::{Number, View};
use events::Millis;
use serde::Serialize;

/// A value over the whole minutes of a half-open window.
pub type Over = fn(&View<'_>, Millis, Millis) -> Option<f64>;

/// One metric.
pub struct Metric {
    pub id: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// The definition in words and signs.
    pub formula: &'static str,
    pub unit: Unit,
    pub direction: Direction,
    /// What it can be asked for.
    pub grain: &'static [&'static str],
    /// Has a live value: saved state plus the tail of the log.
    pub live: bool,
    /// Has a settled value: the full scan after the end.
    pub settled: bool,
    pub freshness: &'static str,
    /// How late events change it.
    pub late: &'static str,
    /// The value of a state at a moment.
    pub value: fn(&View<'_>) -> Option<Number>,
    /// The same over the whole minutes in `from..to`, for series and tiles.
    pub over: Option<Over>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Count,
    /// A mean of counts.
    Mean,
    Seconds,
    Milliseconds,
    /// A fraction; shown as percent.
    Ratio,
    PerMinute,
    /// Thousandths of a yuan.
    MilliCny,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
    Depends,
}

/// What most entries have in common; each names what differs.
pub(super) const COUNT: Metric = Metric {
    id: "",
    zh: "",
    en: "",
    formula: "",
    unit: Unit::Count,
    direction: Direction::HigherIsBetter,
    grain: &["broadcast"],
    live: true,
    settled: true,
    freshness: "1 s",
    late: "counted when they arrive",
    value: |_| None,
    over: None,
};

/// `sum / minutes` of a window.
pub(super) fn per_minute(sum: i64, from: Millis, to: Millis) -> Option<f64> {
    let minutes = to.since(from) as f64 / crate::state::MINUTE_MS as f64;
    (minutes > 0.0).then(|| sum as f64 / minutes)
}

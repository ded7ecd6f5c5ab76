//! The tiles of the live screen 实时大屏: value, the last ten minutes, the ten before, and half an hour of minutes.

use crate::{
    metrics::{Metric, TILES, find},
    state::MINUTE_MS,
    view::{Number, View},
};
use events::Millis;

const SPARK_MINUTES: i64 = 30;

pub struct Tile {
    pub metric: &'static Metric,
    pub value: Option<Number>,
    pub last_10m: Option<f64>,
    pub previous_10m: Option<f64>,
    /// Oldest first; the last one is the running minute. Empty when the metric does not apply.
    pub spark: Vec<f64>,
}

/// Every tile. The ten minutes end with the running minute.
pub fn tiles(view: &View<'_>) -> Vec<Tile> {
    TILES.iter().filter_map(|id| find(id)).map(|metric| tile(view, metric)).collect()
}

fn tile(view: &View<'_>, metric: &'static Metric) -> Tile {
    let value = (metric.value)(view);
    let end = view.span().map_or(view.at, |(_, to)| to);
    let minute = end.0.div_euclid(MINUTE_MS) + 1;
    let over = |from: i64, to: i64| {
        let over = metric.over?;
        over(view, begin(minute + from), begin(minute + to))
    };
    let spark = match value {
        // Minutes before the show had nothing of it.
        Some(_) => (-SPARK_MINUTES..0).map(|at| over(at, at + 1).unwrap_or(0.0)).collect(),
        None => Vec::new(),
    };
    Tile { metric, value, last_10m: over(-10, 0), previous_10m: over(-20, -10), spark }
}

fn begin(minute: i64) -> Millis {
    Millis(minute.saturating_mul(MINUTE_MS))
}

//! Time really watched 观看时长.

use super::entry::{COUNT, Metric, Unit};
use crate::view::{Number, View, ratio};

pub const WATCH_TIME: Metric = Metric {
    id: "watch_time",
    zh: "观看总时长",
    en: "watch time",
    formula: "sum of the seconds heartbeats say were really played; null for an import without heartbeats",
    unit: Unit::Seconds,
    freshness: "10 s",
    value: |view| Some(Number::Real(seconds(view)?)),
    over: Some(|view, from, to| {
        view.watch_ms().map(|_| view.sum(from, to, |minute| minute.watch_ms as i64) as f64 / 1000.0)
    }),
    ..COUNT
};

pub const AVG_WATCH_UV: Metric = Metric {
    id: "avg_watch_uv",
    zh: "人均观看时长",
    en: "watch time per viewer",
    formula: "watch_time / view_uv; in series and tiles as it stood at the end of the window",
    unit: Unit::Seconds,
    freshness: "10 s",
    value: |view| ratio(seconds(view)?, view.state.totals.viewers as f64),
    over: Some(|view, _, to| {
        view.watch_ms()?;
        let watched = view.sum_until(to, |minute| minute.watch_ms as i64) as f64 / 1000.0;
        ratio(watched, view.sum_until(to, |minute| minute.new_viewers as i64) as f64).map(Number::as_f64)
    }),
    ..COUNT
};

pub const AVG_WATCH_PV: Metric = Metric {
    id: "avg_watch_pv",
    zh: "次均观看时长",
    en: "watch time per view",
    formula: "watch_time / view_pv",
    unit: Unit::Seconds,
    freshness: "10 s",
    value: |view| ratio(seconds(view)?, view.state.totals.entries as f64),
    ..COUNT
};

fn seconds(view: &View<'_>) -> Option<f64> {
    Some(view.watch_ms()? as f64 / 1000.0)
}

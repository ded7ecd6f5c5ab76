//! Metrics over time, from the per-minute buckets and the online curve.

use crate::{metrics::Metric, state::Marker, view::View};
use events::Millis;
use std::collections::BTreeMap;

/// Points of one series at most.
pub const MAX_POINTS: i64 = 5_000;

/// Points `[time, value]` by metric id; `from..to` is covered by steps that begin on whole ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub step_s: i64,
    pub from: Millis,
    pub to: Millis,
    pub ids: BTreeMap<&'static str, Vec<(i64, Option<f64>)>>,
    pub markers: Vec<Marker>,
}

/// The smallest whole-minute step that keeps a series short.
pub fn usual_step_s(view: &View<'_>) -> i64 {
    let span_s = view.span().map_or(0, |(from, to)| to.since(from) / 1000);
    (span_s / 1_500).div_euclid(60) * 60 + 60
}

/// Points of a series with this step.
pub fn points(view: &View<'_>, step_s: i64) -> i64 {
    view.span().map_or(0, |(from, to)| to.since(from) / (step_s.max(1) * 1000) + 1)
}

/// `metrics` are those with a value over a window; others are left out. Empty before the beginning is known.
pub fn series(view: &View<'_>, metrics: &[&'static Metric], step_s: i64) -> Series {
    let step_ms = step_s * 1000;
    let (from, to) = view.span().unwrap_or((view.at, view.at));
    let first = from.0.div_euclid(step_ms).saturating_mul(step_ms);
    let mut ids = BTreeMap::new();
    for metric in metrics {
        let Some(over) = metric.over else { continue };
        let steps = (0..points(view, step_s).min(MAX_POINTS) + 1)
            .map(|step| first.saturating_add(step * step_ms))
            .take_while(|at| *at <= to.0);
        let points = steps.map(|at| (at, over(view, Millis(at), Millis(at.saturating_add(step_ms)))));
        let known = view.span().is_some();
        ids.insert(metric.id, if known { points.collect() } else { Vec::new() });
    }
    let mut markers = view.state.markers.clone();
    markers.sort_by_key(|marker| marker.at);
    Series { step_s, from, to, ids, markers }
}

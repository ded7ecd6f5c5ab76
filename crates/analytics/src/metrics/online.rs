//! Who is there at once 在线.

use super::entry::{COUNT, Metric, Unit};
use crate::view::{Number, View};
use events::Millis;

const LATE: &str = "up to 30 s late they move the curve; later ones only the settled value";

pub const ONLINE: Metric = Metric {
    id: "online",
    zh: "在线人数",
    en: "online",
    formula: "distinct viewers with an entry and a heartbeat (the entry is the first) within 30 s who did not leave; 0 after the end; in series the mean of samples every 10 s of event time; null for imports",
    settled: false,
    late: LATE,
    value: |view| {
        let curve = view.curve()?;
        Some(Number::from(if view.state.open() { u64::from(curve.now) } else { 0 }))
    },
    over: Some(mean),
    ..COUNT
};

pub const PCU: Metric = Metric {
    id: "pcu",
    zh: "最高在线",
    en: "peak online",
    formula: "max of online sampled every 10 s of event time while live; null for imports and before the first sample",
    freshness: "10 s",
    late: LATE,
    value: |view| {
        let (from, to) = view.span()?;
        Some(Number::from(u64::from(view.curve()?.max(from, to)?)))
    },
    over: Some(|view, from, to| {
        let (from, to) = within(view, from, to)?;
        view.curve()?.max(from, to).map(f64::from)
    }),
    ..COUNT
};

pub const ACU: Metric = Metric {
    id: "acu",
    zh: "平均在线",
    en: "average online",
    formula: "mean of online sampled every 10 s of event time while live; null for imports and before the first sample",
    unit: Unit::Mean,
    freshness: "10 s",
    late: LATE,
    value: |view| {
        let (from, to) = view.span()?;
        view.curve()?.mean(from, to).map(Number::Real)
    },
    over: Some(mean),
    ..COUNT
};

fn mean(view: &View<'_>, from: Millis, to: Millis) -> Option<f64> {
    let (from, to) = within(view, from, to)?;
    view.curve()?.mean(from, to)
}

/// The part of a half-open window that lies in the show, as a closed one.
fn within(view: &View<'_>, from: Millis, to: Millis) -> Option<(Millis, Millis)> {
    let (start, end) = view.span()?;
    let (from, to) = (from.max(start), to.plus_ms(-1).min(end));
    (from <= to).then_some((from, to))
}

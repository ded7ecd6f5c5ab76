//! Entries and the people behind them 场观.

use super::entry::{COUNT, Metric, Unit, per_minute};
use crate::view::{Number, ratio};

pub const VIEW_PV: Metric = Metric {
    id: "view_pv",
    zh: "场观人次",
    en: "views (entries)",
    formula: "distinct entries that fetched media; for an import the entries the platform reported",
    value: |view| Some(Number::from(view.state.totals.entries)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.entries as i64) as f64)),
    ..COUNT
};

pub const VIEW_UV: Metric = Metric {
    id: "view_uv",
    zh: "场观人数",
    en: "viewers",
    formula: "distinct viewers with an entry, suspected bots included (audited_view_uv leaves them out); in series and tiles the viewers whose first entry it was",
    value: |view| Some(Number::from(view.state.totals.viewers)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.new_viewers as i64) as f64)),
    ..COUNT
};

pub const AUDITED_VIEW_UV: Metric = Metric {
    id: "audited_view_uv",
    zh: "审计场观人数",
    en: "audited viewers",
    formula: "distinct viewers with an entry whose latest judgement is web player or bare client; suspected bots and unknowns are left out; null for an import. CDN logs that were imported are in the audit, not here",
    freshness: "30 s",
    late: "the latest judgement by event time counts",
    value: |view| (!view.state.import).then(|| Number::from(view.state.judged.viewers())),
    ..COUNT
};

pub const ENTRIES_PER_MIN: Metric = Metric {
    id: "entries_per_min",
    zh: "每分钟进入",
    en: "entries per minute",
    formula: "view_pv / minutes live; in series and tiles the entries of the window / its minutes",
    unit: Unit::PerMinute,
    value: |view| ratio(view.state.totals.entries as f64, view.minutes_live()?),
    over: Some(|view, from, to| per_minute(view.sum(from, to, |minute| minute.entries as i64), from, to)),
    ..COUNT
};

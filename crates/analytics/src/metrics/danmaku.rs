//! Danmaku 弹幕: those on air, and apart from them those before.

use super::entry::{COUNT, Direction, Metric, Unit, per_minute};
use crate::view::{Number, ratio};

pub const DANMAKU_COUNT: Metric = Metric {
    id: "danmaku_count",
    zh: "弹幕数",
    en: "danmaku",
    formula: "danmaku accepted on air, repeats of a client id once; those before air are counted apart in danmaku_before_air",
    value: |view| Some(Number::from(view.danmaku())),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.danmaku as i64) as f64)),
    ..COUNT
};

pub const DANMAKU_BEFORE_AIR: Metric = Metric {
    id: "danmaku_before_air",
    zh: "开播前弹幕数",
    en: "danmaku before air",
    formula: "danmaku of the broadcast with a negative offset or, without an offset, a time before its beginning; in no other metric but events_total",
    direction: Direction::Depends,
    value: |view| Some(Number::from(view.state.totals.danmaku_before_air)),
    ..COUNT
};

pub const DANMAKU_PER_MIN: Metric = Metric {
    id: "danmaku_per_min",
    zh: "弹幕密度",
    en: "danmaku per minute",
    formula: "danmaku_count / minutes live; in series and tiles the danmaku of the window / its minutes",
    unit: Unit::PerMinute,
    value: |view| ratio(view.danmaku() as f64, view.minutes_live()?),
    over: Some(|view, from, to| per_minute(view.sum(from, to, |minute| minute.danmaku as i64), from, to)),
    ..COUNT
};

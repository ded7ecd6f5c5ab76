//! What viewers do besides talking: likes 点赞, follows 关注, shares 分享, and how many do anything at all.

use super::entry::{COUNT, Metric, Unit};
use crate::view::{Number, ratio};

pub const INTERACTION_RATE_UV: Metric = Metric {
    id: "interaction_rate_uv",
    zh: "互动率",
    en: "interaction rate (viewers)",
    formula: "distinct viewers with danmaku on air, like, gift, share or follow / view_uv; in series and tiles as it stood at the end of the window",
    unit: Unit::Ratio,
    value: |view| ratio(view.state.totals.doers as f64, view.state.totals.viewers as f64),
    over: Some(|view, _, to| {
        let doers = view.sum_until(to, |minute| minute.new_doers as i64) as f64;
        ratio(doers, view.sum_until(to, |minute| minute.new_viewers as i64) as f64).map(Number::as_f64)
    }),
    ..COUNT
};

pub const LIKE_COUNT: Metric = Metric {
    id: "like_count",
    zh: "点赞数",
    en: "likes",
    formula: "sum of likes as accepted",
    value: |view| Some(Number::from(view.state.totals.likes)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.likes as i64) as f64)),
    ..COUNT
};

pub const FOLLOW_GAIN: Metric = Metric {
    id: "follow_gain",
    zh: "新增粉丝",
    en: "new followers",
    formula: "follows",
    value: |view| Some(Number::from(view.state.totals.follows)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.follows as i64) as f64)),
    ..COUNT
};

pub const SHARE_COUNT: Metric = Metric {
    id: "share_count",
    zh: "分享次数",
    en: "shares",
    formula: "shares of the room",
    value: |view| Some(Number::from(view.state.totals.shares)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.shares as i64) as f64)),
    ..COUNT
};

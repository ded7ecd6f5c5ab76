//! Gifts 礼物 and highlighted messages 醒目留言. Combos 连击 overlap with gifts and are never income.

use super::entry::{COUNT, Direction, Metric, Unit};
use crate::view::Number;

pub const GIFT_INCOME: Metric = Metric {
    id: "gift_income",
    zh: "打赏收入",
    en: "gift income",
    formula: "sum of num x price of paid (gold) gifts; combos, free (silver) gifts and highlighted messages are not in it",
    unit: Unit::MilliCny,
    value: |view| Some(Number::Whole(view.state.totals.gift_milli)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.gift_milli) as f64)),
    ..COUNT
};

pub const GIFT_COUNT: Metric = Metric {
    id: "gift_count",
    zh: "送礼次数",
    en: "gifts",
    formula: "gifts sent, paid and free, in times, not pieces",
    value: |view| Some(Number::from(view.state.totals.gifts)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.gifts as i64) as f64)),
    ..COUNT
};

pub const GIFT_COMBO_COUNT: Metric = Metric {
    id: "gift_combo_count",
    zh: "礼物连击次数",
    en: "gift combos",
    formula: "gift combos another platform showed; they overlap with gifts",
    direction: Direction::Depends,
    value: |view| Some(Number::from(view.state.totals.combos)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.combos as i64) as f64)),
    ..COUNT
};

pub const SUPER_CHAT_INCOME: Metric = Metric {
    id: "super_chat_income",
    zh: "醒目留言收入",
    en: "super chat income",
    formula: "sum of the prices of highlighted messages",
    unit: Unit::MilliCny,
    value: |view| Some(Number::Whole(view.state.totals.super_chat_milli)),
    over: Some(|view, from, to| Some(view.sum(from, to, |minute| minute.super_chat_milli) as f64)),
    ..COUNT
};

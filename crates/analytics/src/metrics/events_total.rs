//! How many events there were, by name.

use super::entry::{COUNT, Direction, Metric};
use crate::view::Number;

pub const EVENTS_TOTAL: Metric = Metric {
    id: "events_total",
    zh: "事件总数",
    en: "events",
    formula: "accepted events, of the organisation or of one broadcast, by name with `event=NAME` (the collector's own name for tracked events); repeats of a message id once; beyond 10,000 names of an organisation (1,000 of a broadcast) new names count together as `(other)` and are null live",
    direction: Direction::Depends,
    grain: &["organisation", "broadcast"],
    value: |view| Some(Number::from(view.state.names.total())),
    ..COUNT
};

//! What being in the list promises: every metric is a pure fold, and the dictionary page says what it is.

use crate::histories::{History, any_order, broadcast, nearly_in_order};
use analytics::{
    dictionary,
    fact::Fact,
    metrics::{LIST, TILES, Unit, find},
    state::BroadcastState,
    view::{Number, View},
};
use events::{Envelope, Millis};
use proptest::prelude::*;
use std::collections::BTreeSet;

type Values = Vec<(&'static str, Option<Number>)>;

pub fn values(state: &BroadcastState, at: Millis) -> Values {
    let view = View::new(state, at);
    LIST.iter().map(|metric| (metric.id, (metric.value)(&view))).collect()
}

pub fn fold<'a>(mut state: BroadcastState, events: impl Iterator<Item = (u64, &'a Envelope)>) -> BroadcastState {
    for (position, event) in events {
        state.apply(position, &Fact::of(event));
    }
    state
}

fn settle(history: &History) -> BroadcastState {
    fold(BroadcastState::settling(broadcast(1)), history.positions())
}

fn live(history: &History) -> BroadcastState {
    fold(BroadcastState::new(broadcast(1)), history.positions())
}

const LATE: Millis = Millis(i64::MAX);

proptest! {
    #[test]
    fn the_same_events_give_the_same_values(history in any_order(true)) {
        prop_assert_eq!(live(&history), live(&history));
        prop_assert_eq!(values(&live(&history), LATE), values(&live(&history), LATE));
    }

    #[test]
    fn going_on_from_a_saved_state_equals_going_on(history in any_order(true), at in any::<prop::sample::Index>()) {
        let at = at.index(history.events.len() + 1);
        let half = fold(BroadcastState::new(broadcast(1)), history.positions().take(at));
        let saved = serde_json::to_vec(&half).expect("saves");
        let restored: BroadcastState = serde_json::from_slice(&saved).expect("loads");
        prop_assert_eq!(&restored, &half);
        prop_assert_eq!(fold(restored, history.positions().skip(at)), live(&history));
    }

    #[test]
    fn repeated_positions_change_nothing(history in any_order(true), from in any::<prop::sample::Index>()) {
        let from = from.index(history.events.len());
        let whole = live(&history);
        prop_assert_eq!(fold(whole.clone(), history.positions().skip(from)), whole);
    }

    #[test]
    fn settling_does_not_know_the_order_of_arrival(history in any_order(true)) {
        let mut sorted = history.clone();
        let end = sorted.events.pop();
        sorted.events.sort_by_key(|event| event.occurred_at);
        sorted.events.extend(end);
        // Signs of the same entry at the same moment count in the order of the log, which sorting keeps.
        prop_assert_eq!(values(&settle(&sorted), LATE), values(&settle(&history), LATE));
    }

    #[test]
    fn events_that_are_a_little_late_still_draw_the_same_curve(history in nearly_in_order()) {
        let state = live(&history);
        prop_assert_eq!(state.presence.late(), 0);
        prop_assert_eq!(values(&state, LATE), values(&settle(&history), LATE));
    }
}

#[test]
fn an_empty_broadcast_has_noughts_and_nulls() {
    for metric in LIST {
        let state = BroadcastState::new(broadcast(1));
        let value = (metric.value)(&View::new(&state, Millis(1_000_000)));
        let null = matches!(metric.unit, Unit::Ratio | Unit::PerMinute | Unit::Mean | Unit::Milliseconds)
            || ["online", "pcu", "avg_watch_uv", "avg_watch_pv"].contains(&metric.id);
        match value {
            None => assert!(null, "`{}` is null", metric.id),
            Some(number) => assert!(!null && number.as_f64() == 0.0, "`{}` is {number:?}", metric.id),
        }
    }
}

#[test]
fn entries_describe_themselves_once() {
    let ids: BTreeSet<_> = LIST.iter().map(|metric| metric.id).collect();
    assert_eq!(ids.len(), LIST.len());
    for metric in LIST {
        let told = [metric.id, metric.zh, metric.en, metric.formula, metric.freshness, metric.late];
        assert!(told.iter().all(|text| !text.is_empty() && !text.contains('|')), "`{}` says what it is", metric.id);
        assert!(!metric.grain.is_empty() && (metric.live || metric.settled), "`{}` can be asked for", metric.id);
    }
    assert!(TILES.iter().all(|id| find(id).is_some_and(|metric| metric.over.is_some())));
}

#[test]
fn the_dictionary_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/METRICS.md");
    let page = dictionary::page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &page).expect("writes docs/METRICS.md");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "docs/METRICS.md is not current: run this test with UPDATE_DOCS=1");
}

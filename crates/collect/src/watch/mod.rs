//! The live debugger 实时调试: what a source sends, as it comes, also what is refused. In memory only, and only while somebody watches.

pub(crate) mod http;

use crate::{
    edges::{Edge, Frame, Reason},
    sources::rules::without_keys,
};
use app::Mask;
use events::{Envelope, Event, Millis, Tracked};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How many a watcher may be behind.
pub(crate) const RING: usize = 256;
const LONGEST_ITEM: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SeenAs {
    Taken,
    /// Its message id was taken before.
    Repeat,
    Refused,
}

/// An event as it was sent, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Seen {
    #[schema(example = 1_790_000_000_000_i64)]
    received_at_ms: i64,
    /// By its client's clock, corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at_ms: Option<i64>,
    #[schema(example = "segment")]
    edge: &'static str,
    outcome: SeenAs,
    /// Absent when nothing could be read of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "track")]
    call: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "OrderPaid")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<String>,
    /// What was made of its circumstances: channel, campaign, violations of the plan.
    #[schema(value_type = Object)]
    context: Map<String, Value>,
    /// `bad_shape`, `too_large` or `plan_violation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// As it was sent, in JSON, without write keys.
    #[schema(example = "{\"type\":\"track\",\"event\":\"OrderPaid\"}")]
    item: String,
    /// It was longer than 16 KB: this is its beginning.
    cut: bool,
}

/// What a request brought, before it is known what was there already.
pub(crate) struct Sight {
    /// With its place among the events that are taken.
    items: Vec<(Option<usize>, Seen)>,
}

/// The last items of a request.
pub(crate) fn see(edge: &Edge, frame: &Frame, events: &[Envelope], refused: &[(usize, Reason)], now: Millis) -> Sight {
    // Both are in the order of the request.
    let (mut events, mut refused) = (events.iter().enumerate(), refused.iter().peekable());
    let mut items = Vec::new();
    for (index, text) in frame.items.iter().enumerate() {
        let reason = refused.next_if(|(at, _)| *at == index).map(|(_, reason)| reason);
        let taken = if reason.is_none() { events.next() } else { None };
        if index + RING < frame.items.len() {
            continue;
        }
        let mut seen = Seen::of(edge.name, text, now);
        match (reason, taken) {
            (Some(reason), _) => {
                seen.outcome = SeenAs::Refused;
                (seen.code, seen.reason) = (Some(reason.code()), Some(reason.to_string()));
                // What is against the plan could be read.
                if let (Reason::Plan(_), Ok(item)) = (reason, edge.read_item(text, frame)) {
                    seen.is(&item.tracked);
                }
            }
            (None, Some((_, envelope))) => {
                seen.occurred_at_ms = Some(envelope.occurred_at.0);
                if let Event::Tracked(tracked) = &envelope.event {
                    seen.is(tracked);
                }
            }
            (None, None) => {}
        }
        items.push((taken.map(|(place, _)| place), seen));
    }
    Sight { items }
}

impl Sight {
    /// With what was a repeat.
    pub fn told(self, repeated: &[usize]) -> impl Iterator<Item = Seen> {
        self.items.into_iter().map(move |(place, mut seen)| {
            if place.is_some_and(|place| repeated.binary_search(&place).is_ok()) {
                seen.outcome = SeenAs::Repeat;
            }
            seen
        })
    }
}

impl Seen {
    fn of(edge: &'static str, text: &str, now: Millis) -> Self {
        let item = without_keys(text);
        let end = (0..=LONGEST_ITEM.min(item.len())).rev().find(|at| item.is_char_boundary(*at)).unwrap_or(0);
        Self {
            received_at_ms: now.0,
            occurred_at_ms: None,
            edge,
            outcome: SeenAs::Taken,
            call: None,
            name: None,
            user_id: None,
            anonymous_id: None,
            context: Map::new(),
            code: None,
            reason: None,
            item: item.get(..end).unwrap_or_default().to_owned(),
            cut: end < item.len(),
        }
    }

    /// As it is shown to somebody who may not see people.
    pub fn masked(&self) -> Self {
        let mask = Mask::On;
        let mut seen = self.clone();
        seen.name = seen.name.map(|name| mask.text(&name).into_owned());
        seen.user_id = seen.user_id.map(|id| mask.pseudonym(&id).into_owned());
        seen.anonymous_id = seen.anonymous_id.map(|id| mask.pseudonym(&id).into_owned());
        mask.fields(&mut seen.context);
        seen.reason = seen.reason.map(|reason| mask.text(&reason).into_owned());
        seen.item = mask.json_text(&seen.item).into_owned();
        seen
    }

    fn is(&mut self, tracked: &Tracked) {
        let told = |name: &&str| tracked.context.contains_key(*name);
        self.call = Some(tracked.call.clone());
        self.name = Some(tracked.name.clone());
        (self.user_id, self.anonymous_id) = (tracked.user_id.clone(), tracked.anonymous_id.clone());
        let kept = ["channel", "campaign", "violations"].into_iter().filter(told);
        self.context = kept.filter_map(|name| Some((name.to_owned(), tracked.context.get(name)?.clone()))).collect();
    }
}

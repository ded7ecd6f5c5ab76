//! A source's tracking plan 埋点方案: which events it may send, with which properties. Pure.

use events::Tracked;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

const MOST_EVENTS: usize = 500;
const MOST_PROPERTIES: usize = 100;
const MOST_VALUES: usize = 100;
const LONGEST_NAME: usize = 256;
/// An event with more wrong than this is told about the first ones.
const MOST_TOLD: usize = 10;

/// Which events a source may send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackingPlan {
    #[serde(default)]
    pub mode: PlanMode,
    /// By the event's name. Only `track` calls are looked at.
    #[serde(default)]
    #[schema(example = json!({"OrderPaid": {"properties": {"price": {"type": "number", "required": true}}}}))]
    pub events: BTreeMap<String, PlannedEvent>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    /// Nothing is looked at.
    #[default]
    Off,
    /// Everything is taken; what is against the plan says so in `context.violations`.
    Warn,
    /// What is against the plan goes to quarantine.
    Enforce,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedEvent {
    /// Properties that are not named here may be anything.
    #[serde(default)]
    pub properties: BTreeMap<String, PlannedProperty>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedProperty {
    #[serde(rename = "type")]
    pub kind: PropertyKind,
    #[serde(default)]
    pub required: bool,
    /// Texts, numbers and booleans it may be; anything of its type without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["wechat", "alipay"]), max_items = 100)]
    pub allowed: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    String,
    Number,
    Integer,
    Boolean,
    Object,
    Array,
    Any,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a plan has up to {MOST_EVENTS} events with up to {MOST_PROPERTIES} properties, whose names have 1 to 256 bytes, with up to {MOST_VALUES} allowed values of their type"
)]
pub struct BadPlan;

impl TrackingPlan {
    pub fn check(&self) -> Result<(), BadPlan> {
        let good = self.events.len() <= MOST_EVENTS
            && self.events.iter().all(|(name, event)| {
                named(name)
                    && event.properties.len() <= MOST_PROPERTIES
                    && event.properties.iter().all(|(name, property)| named(name) && property.is_good())
            });
        if good { Ok(()) } else { Err(BadPlan) }
    }

    /// What is against the plan, in words; nothing when the mode is `off`.
    pub fn violations(&self, tracked: &Tracked) -> Vec<String> {
        if self.mode == PlanMode::Off || tracked.call != "track" {
            return Vec::new();
        }
        let Some(planned) = self.events.get(&tracked.name) else {
            return vec!["the event is not in the plan".to_owned()];
        };
        let wrong = planned.properties.iter().filter_map(|(name, property)| {
            match tracked.properties.get(name).filter(|value| !value.is_null()) {
                None if property.required => Some(format!("`{name}` is missing")),
                Some(value) if !property.kind.holds(value) => Some(format!("`{name}` is no {}", property.kind.word())),
                Some(value) if !property.allows(value) => Some(format!("`{name}` is none of the allowed values")),
                _ => None,
            }
        });
        wrong.take(MOST_TOLD).collect()
    }
}

fn named(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
}

impl PlannedProperty {
    fn is_good(&self) -> bool {
        self.allowed.len() <= MOST_VALUES
            && self.allowed.iter().all(|value| {
                let simple = match value {
                    Value::String(text) => text.len() <= LONGEST_NAME,
                    value => value.is_number() || value.is_boolean(),
                };
                simple && self.kind.holds(value)
            })
    }

    fn allows(&self, value: &Value) -> bool {
        // 1 and 1.0 are the same to whoever writes JavaScript.
        let same = |one: &Value| one == value || one.as_f64().is_some_and(|one| value.as_f64() == Some(one));
        self.allowed.is_empty() || self.allowed.iter().any(same)
    }
}

/// A plan made of what arrived: every event with the properties it had, those that were always there required.
#[derive(Debug, Default)]
pub struct Draft {
    events: BTreeMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    times: usize,
    properties: BTreeMap<String, (usize, PropertyKind)>,
}

impl Draft {
    pub fn add(&mut self, tracked: &Tracked) {
        let known = self.events.contains_key(&tracked.name);
        if tracked.call != "track" || !named(&tracked.name) || (!known && self.events.len() == MOST_EVENTS) {
            return;
        }
        let seen = self.events.entry(tracked.name.clone()).or_default();
        seen.times += 1;
        for (name, value) in &tracked.properties {
            let room = seen.properties.contains_key(name) || seen.properties.len() < MOST_PROPERTIES;
            // What begins so comes from an SDK by itself.
            if name.starts_with('$') || value.is_null() || !named(name) || !room {
                continue;
            }
            let kind = PropertyKind::of(value);
            let (times, before) = seen.properties.entry(name.clone()).or_insert((0, kind));
            *times += 1;
            *before = before.join(kind);
        }
    }

    pub fn plan(self) -> TrackingPlan {
        let events = self.events.into_iter().map(|(name, seen)| {
            let properties = seen.properties.into_iter().map(|(name, (times, kind))| {
                (name, PlannedProperty { kind, required: times == seen.times, allowed: Vec::new() })
            });
            (name, PlannedEvent { properties: properties.collect() })
        });
        TrackingPlan { mode: PlanMode::Off, events: events.collect() }
    }
}

impl PropertyKind {
    fn of(value: &Value) -> Self {
        match value {
            Value::String(_) => Self::String,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::Bool(_) => Self::Boolean,
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::Array,
            Value::Null => Self::Any,
        }
    }

    /// The narrowest kind that holds both.
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            _ => Self::Any,
        }
    }

    fn holds(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|it| it.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
            Self::Any => true,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Array => "array",
            Self::Any => "value",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(mode: &str, call: &str, name: &str, properties: Value, expected: &[&str]) {
        let plan = json!({"mode": mode, "events": {"Paid": {"properties": {
            "price": {"type": "number", "required": true}, "count": {"type": "integer"}, "sku": {"type": "string"},
            "by": {"type": "any", "allowed": ["wechat", 1]}}}}});
        let plan: TrackingPlan = serde_json::from_value(plan).unwrap();
        assert_eq!(plan.check(), Ok(()));
        assert_eq!(plan.violations(&tracked(call, name, properties)), expected);
    }

    fn tracked(call: &str, name: &str, properties: Value) -> Tracked {
        Tracked {
            call: call.into(),
            name: name.into(),
            user_id: None,
            anonymous_id: None,
            properties: properties.as_object().cloned().unwrap(),
            context: Default::default(),
            sent_at: None,
        }
    }

    #[test]
    fn a_draft_has_what_arrived() {
        let mut draft = Draft::default();
        for (call, name, properties) in [
            ("track", "Paid", json!({"price": 1, "sku": "a", "$lib": "web", "note": null})),
            ("track", "Paid", json!({"price": 1.5, "sku": 7, "gift": true})),
            ("page", "page", json!({"url": "x"})),
        ] {
            draft.add(&tracked(call, name, properties));
        }
        let expected = json!({"mode": "off", "events": {"Paid": {"properties": {
            "gift": {"type": "boolean", "required": false}, "price": {"type": "number", "required": true},
            "sku": {"type": "any", "required": true}}}}});
        assert_eq!(serde_json::to_value(draft.plan()).unwrap(), expected);
    }

    #[test]
    fn allowed_values_are_simple_and_of_their_type() {
        for (kind, allowed, good) in [
            ("string", json!(["a"]), true),
            ("string", json!([1]), false),
            ("any", json!([{}]), false),
            ("number", json!((0..101).collect::<Vec<_>>()), false),
        ] {
            let property: PlannedProperty = serde_json::from_value(json!({"type": kind, "allowed": allowed})).unwrap();
            assert_eq!(property.is_good(), good, "{kind} {allowed}");
        }
    }

    #[test]
    fn what_is_against_the_plan_is_said() {
        check("enforce", "track", "Paid", json!({"price": 1.5, "count": 2.0, "more": [], "by": 1.0}), &[]);
        check("warn", "track", "Paid", json!({"price": 1, "by": "cash"}), &["`by` is none of the allowed values"]);
        check(
            "enforce",
            "track",
            "Paid",
            json!({"price": "1", "count": 1.5}),
            &["`count` is no integer", "`price` is no number"],
        );
        check("warn", "track", "Paid", json!({"price": null, "sku": 1}), &["`price` is missing", "`sku` is no string"]);
        check("warn", "track", "Unheard", json!({}), &["the event is not in the plan"]);
        check("enforce", "page", "page", json!({}), &[]);
        check("off", "track", "Unheard", json!({}), &[]);
    }
}

//! A source's tracking plan 埋点方案: which events it may send, with which properties. Pure.

use events::Tracked;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

const MOST_EVENTS: usize = 500;
const MOST_PROPERTIES: usize = 100;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedProperty {
    #[serde(rename = "type")]
    pub kind: PropertyKind,
    #[serde(default)]
    pub required: bool,
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
    "a plan has up to {MOST_EVENTS} events with up to {MOST_PROPERTIES} properties, whose names have 1 to 256 bytes"
)]
pub struct BadPlan;

impl TrackingPlan {
    pub fn check(&self) -> Result<(), BadPlan> {
        let named = |name: &String| (1..=256).contains(&name.len());
        let good = self.events.len() <= MOST_EVENTS
            && self.events.iter().all(|(name, event)| {
                named(name) && event.properties.len() <= MOST_PROPERTIES && event.properties.keys().all(named)
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
                _ => None,
            }
        });
        wrong.take(MOST_TOLD).collect()
    }
}

impl PropertyKind {
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
            "price": {"type": "number", "required": true}, "count": {"type": "integer"}, "sku": {"type": "string"}}}}});
        let plan: TrackingPlan = serde_json::from_value(plan).unwrap();
        assert_eq!(plan.check(), Ok(()));
        let tracked = Tracked {
            call: call.into(),
            name: name.into(),
            user_id: None,
            anonymous_id: None,
            properties: properties.as_object().cloned().unwrap(),
            context: Default::default(),
            sent_at: None,
        };
        assert_eq!(plan.violations(&tracked), expected);
    }

    #[test]
    fn what_is_against_the_plan_is_said() {
        check("enforce", "track", "Paid", json!({"price": 1.5, "count": 2.0, "more": []}), &[]);
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

//! Segment's wire format: a batch or a single call in, tracked events out. Pure; RudderStack's SDKs speak the same.
//!
//! Every item stands for itself: a bad one is reported by its index and the others are taken. `identify` and `group` keep their
//! traits as properties, `group` adds `groupId`, `alias` adds `previousId`, `page` and `screen` add `name` and `category`.

use crate::instant;
use events::{Envelope, Event, Millis, OrgId, Source, TeamId, Tracked};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use std::borrow::Cow;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most bytes of one event.
pub const MAX_EVENT_BYTES: usize = 32 << 10;
/// Most bytes of a batch after gunzip.
pub const MAX_BATCH_BYTES: usize = 500_000;
const MAX_ID_BYTES: usize = 256;
const MAX_NAME_BYTES: usize = 256;

/// A batch or single call as text, before anybody looked into its items.
#[derive(Debug)]
pub struct Call<'a> {
    /// The key in the body, for senders that set no `Authorization`.
    pub write_key: Option<String>,
    sent_at: Option<Millis>,
    items: Vec<&'a RawValue>,
    /// For a single call: what the path said.
    kind: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body is not what this call takes: {0}")]
pub struct BadCall(String);

/// An item that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectedItem {
    /// Its place in the batch, from 0.
    pub index: usize,
    pub reason: Cow<'static, str>,
}

/// A batch, item by item.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Each with its message id as `key`.
    pub events: Vec<Envelope>,
    pub rejected: Vec<RejectedItem>,
}

/// Whose events these become.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    pub org: OrgId,
    pub team: TeamId,
}

/// The call a path like `/v1/t` stands for.
pub fn call_of(path: &str) -> Option<&'static str> {
    Some(match path {
        "t" | "track" => "track",
        "i" | "identify" => "identify",
        "p" | "page" => "page",
        "s" | "screen" => "screen",
        "g" | "group" => "group",
        "a" | "alias" => "alias",
        _ => return None,
    })
}

#[derive(Deserialize)]
struct BatchText<'a> {
    #[serde(borrow)]
    batch: Vec<&'a RawValue>,
    #[serde(default, rename = "writeKey")]
    write_key: Option<Value>,
    #[serde(default, rename = "sentAt")]
    sent_at: Option<Value>,
}

#[derive(Deserialize)]
struct SingleText {
    #[serde(default, rename = "writeKey")]
    write_key: Option<Value>,
}

impl<'a> Call<'a> {
    /// `{"batch":[...], "sentAt", "writeKey"}`
    pub fn batch(body: &'a [u8]) -> Result<Self, BadCall> {
        let text: BatchText<'a> = serde_json::from_slice(body).map_err(bad)?;
        Ok(Self {
            write_key: text.write_key.and_then(text_of),
            sent_at: text.sent_at.as_ref().and_then(instant::of_value),
            items: text.batch,
            kind: None,
        })
    }

    /// One item; `kind` from [`call_of`] wins over its `type`.
    pub fn single(kind: &'static str, body: &'a [u8]) -> Result<Self, BadCall> {
        let item: &'a RawValue = serde_json::from_slice(body).map_err(bad)?;
        let text: SingleText = serde_json::from_str(item.get()).map_err(bad)?;
        Ok(Self { write_key: text.write_key.and_then(text_of), sent_at: None, items: vec![item], kind: Some(kind) })
    }

    /// The items as events of `owner`. An item without a message id gets one, so it is never a repeat.
    pub fn decode(&self, owner: Owner, now: Millis) -> Decoded {
        let mut decoded = Decoded::default();
        for (index, item) in self.items.iter().enumerate() {
            match self.item(item.get(), now) {
                Ok((key, occurred_at, tracked)) => decoded.events.push(
                    Envelope::new(now, Source::Collect, owner.org, Event::Tracked(tracked))
                        .with_team(owner.team)
                        .with_key(key)
                        .at(occurred_at),
                ),
                Err(reason) => decoded.rejected.push(RejectedItem { index, reason }),
            }
        }
        decoded
    }

    fn item(&self, text: &str, now: Millis) -> Result<(String, Millis, Tracked), Cow<'static, str>> {
        if text.len() > MAX_EVENT_BYTES {
            return Err("the event is larger than 32 KB".into());
        }
        let mut item: Map<String, Value> = serde_json::from_str(text).map_err(|_| "the event is not an object")?;
        let said = item.remove("type").and_then(text_of);
        let call = match self.kind {
            Some(kind) => kind,
            None => said
                .as_deref()
                .and_then(call_of)
                .ok_or("`type` is none of track, identify, page, screen, group, alias")?,
        };
        let mut properties = object(item.remove("properties"), "`properties` is not an object")?;
        properties.extend(object(item.remove("traits"), "`traits` is not an object")?);
        let context = object(item.remove("context"), "`context` is not an object")?;
        for extra in extras(call) {
            if let Some(value) = item.remove(*extra).filter(|value| !value.is_null()) {
                properties.insert((*extra).to_owned(), value);
            }
        }
        let name = match call {
            "track" => item
                .remove("event")
                .and_then(text_of)
                .filter(|name| !name.trim().is_empty())
                .ok_or("`event` is missing")?,
            call => call.to_owned(),
        };
        if name.len() > MAX_NAME_BYTES {
            return Err("`event` is longer than 256 bytes".into());
        }
        let mut id = |field: &str, most_reason: &'static str| -> Result<Option<String>, Cow<'static, str>> {
            let id = item.remove(field).and_then(text_of).filter(|id| !id.is_empty());
            if id.as_ref().is_some_and(|id| id.len() > MAX_ID_BYTES) { Err(most_reason.into()) } else { Ok(id) }
        };
        let key =
            id("messageId", "`messageId` is longer than 256 bytes")?.unwrap_or_else(|| Uuid::now_v7().to_string());
        let user_id = id("userId", "`userId` is longer than 256 bytes")?;
        let anonymous_id = id("anonymousId", "`anonymousId` is longer than 256 bytes")?;

        let time = |field: &str| item.get(field).and_then(instant::of_value);
        let sent_at = time("sentAt").or(self.sent_at);
        let occurred_at = occurred(time("originalTimestamp").or_else(|| time("timestamp")), sent_at, now);
        Ok((
            key,
            occurred_at,
            Tracked { call: call.to_owned(), name, user_id, anonymous_id, properties, context, sent_at },
        ))
    }
}

/// The sender's clock may be wrong, but both its times are wrong by as much.
fn occurred(original: Option<Millis>, sent_at: Option<Millis>, now: Millis) -> Millis {
    let at = match (original, sent_at) {
        (Some(original), Some(sent_at)) => now.plus_ms(sent_at.since(original).saturating_neg()),
        (Some(original), None) => original,
        (None, _) => now,
    };
    instant::sane(at, now)
}

fn extras(call: &str) -> &'static [&'static str] {
    match call {
        "page" | "screen" => &["name", "category"],
        "group" => &["groupId"],
        "alias" => &["previousId"],
        _ => &[],
    }
}

fn object(value: Option<Value>, otherwise: &'static str) -> Result<Map<String, Value>, Cow<'static, str>> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(otherwise.into()),
    }
}

/// Ids come as text or as numbers.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn bad(error: serde_json::Error) -> BadCall {
    BadCall(error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn decode(batch: Value) -> Decoded {
        let body = batch.to_string();
        Call::batch(body.as_bytes()).unwrap().decode(Owner { org: OrgId::new(), team: TeamId::new() }, NOW)
    }

    fn tracked(envelope: &Envelope) -> &Tracked {
        match &envelope.event {
            Event::Tracked(tracked) => tracked,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_calls_become_tracked_events() {
        let decoded = decode(json!({"batch": [
            {"type": "track", "event": "Clicked", "messageId": "m1", "userId": 42, "anonymousId": null, "properties": {"a": 1}, "context": {"library": {"name": "x"}}},
            {"type": "identify", "messageId": "m2", "userId": "u", "traits": {"plan": "pro"}},
            {"type": "page", "name": "Home", "category": null, "properties": {"url": "/"}},
            {"type": "group", "groupId": "g", "traits": {"size": 3}},
            {"type": "alias", "previousId": "old", "userId": "new"},
        ]}));
        assert_eq!(decoded.rejected, []);
        let names: Vec<_> = decoded.events.iter().map(|event| event.event.name().into_owned()).collect();
        assert_eq!(names, ["Clicked", "identify", "page", "group", "alias"]);
        let first = tracked(&decoded.events[0]);
        assert_eq!((first.user_id.as_deref(), first.anonymous_id.as_deref()), (Some("42"), None));
        assert_eq!(decoded.events[0].key.as_deref(), Some("m1"));
        assert_eq!(decoded.events[0].source, Source::Collect);
        assert_eq!(tracked(&decoded.events[1]).properties, json!({"plan": "pro"}).as_object().unwrap().clone());
        assert_eq!(
            tracked(&decoded.events[2]).properties,
            json!({"url": "/", "name": "Home"}).as_object().unwrap().clone()
        );
        assert!(decoded.events[2].key.as_ref().is_some_and(|key| !key.is_empty()));
        assert_eq!(tracked(&decoded.events[4]).properties, json!({"previousId": "old"}).as_object().unwrap().clone());
    }

    #[test]
    fn a_bad_item_spoils_nothing_else() {
        let decoded = decode(json!({"batch": [
            {"type": "track", "messageId": "m1"},
            7,
            {"type": "teleport"},
            {"type": "track", "event": "A", "properties": []},
            {"type": "track", "event": "A", "messageId": "m".repeat(257)},
            {"type": "track", "event": "A", "properties": {"x": "x".repeat(40_000)}},
            {"type": "track", "event": "Good", "messageId": "m2"},
        ]}));
        assert_eq!(decoded.rejected.iter().map(|rejected| rejected.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(decoded.events.len(), 1);
        assert!(Call::batch(b"{\"batch\":[").is_err());
        assert!(Call::batch(b"{}").is_err());
        assert!(Call::batch(b"[]").is_err());
        assert!(Call::single("track", b"7").is_err());
    }

    #[test]
    fn a_wrong_clock_is_corrected_and_bounded() {
        let at = |item: Value| {
            let mut item = item;
            item["type"] = "track".into();
            item["event"] = "A".into();
            decode(json!({"batch": [item], "sentAt": "2027-01-15T08:00:10Z"})).events[0].occurred_at
        };
        // 2027-01-15T08:00:00Z is NOW.
        assert_eq!(at(json!({"timestamp": "2027-01-15T08:00:00Z"})), NOW.plus_ms(-10_000));
        assert_eq!(
            at(json!({"originalTimestamp": "2027-01-15T07:59:50Z", "timestamp": "2020-01-01T00:00:00Z"})),
            NOW.plus_ms(-20_000)
        );
        assert_eq!(
            at(json!({"timestamp": "2031-01-15T08:00:00Z", "sentAt": "2031-01-15T08:00:01Z"})),
            NOW.plus_ms(-1_000)
        );
        assert_eq!(at(json!({})), NOW);
        assert_eq!(at(json!({"timestamp": "2099-01-01T00:00:00Z"})), NOW.plus_ms(86_400_000));
        assert_eq!(at(json!({"timestamp": i64::MIN, "sentAt": i64::MAX})), Millis(946_684_800_000));
    }
}

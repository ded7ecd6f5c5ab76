//! Segment's wire format; RudderStack's SDKs speak the same: a batch `{"batch":[...],"sentAt","writeKey"}`, or one item.
//!
//! Every item stands for itself: a bad one is reported by its index and the others are taken. `identify` and `group` keep their
//! traits as properties, `group` adds `groupId`, `alias` adds `previousId`, `page` and `screen` add `name` and `category`.

use super::{
    Answer, Asked, Bad, Edge, Frame, Item, Outcome, Reason, Said,
    item::{id, name, object, shape, text_of},
    query_value,
};
use crate::instant;
use events::Tracked;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value, json, value::RawValue};
use std::{borrow::Cow, fmt};

/// Most bytes of one event.
pub const MAX_EVENT_BYTES: usize = 32 << 10;
/// Most bytes of a batch after gunzip.
pub const MAX_BATCH_BYTES: usize = 500_000;

pub const EDGE: Edge = Edge {
    name: "segment",
    // `/v1/batch` and `/v1/{call}` stand in the API's description. RudderStack's beacon cannot set a header.
    paths: &["/beacon/v1/batch"],
    most_bytes: MAX_BATCH_BYTES,
    most_item_bytes: MAX_EVENT_BYTES,
    too_large: 400,
    key: |asked| query_value(asked.query, "writeKey"),
    split,
    item,
    answer,
    limited: None,
};

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

/// The path's last part says whether it is a batch or which call it is.
fn split<'a>(asked: &Asked<'a>, body: Cow<'a, [u8]>) -> Result<Frame, Bad> {
    let last = asked.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if let Some(kind) = call_of(last) {
        let mut item: Map<String, Value> = serde_json::from_slice(&body).map_err(shape)?;
        let key = item.get("writeKey").cloned().and_then(text_of);
        // The path wins over what the item says of itself.
        item.insert("type".into(), kind.into());
        return Ok(Frame { key, items: vec![Value::Object(item).to_string()], ..Frame::default() });
    }
    let text: BatchText = serde_json::from_slice(&body).map_err(shape)?;
    Ok(Frame {
        key: text.write_key.and_then(text_of),
        sent_at: text.sent_at.as_ref().and_then(instant::of_value),
        items: text.batch.iter().map(|item| item.get().to_owned()).collect(),
        user_agent: None,
    })
}

fn item(text: &str, frame: &Frame) -> Result<Item, Reason> {
    let Fields { text, object, extra, time } = serde_json::from_str(text).map_err(|_| "the event is not an object")?;
    let [said, event, key, user_id, anonymous_id] = text.map(|value| value.and_then(text_of));
    let call =
        said.as_deref().and_then(call_of).ok_or("`type` is none of track, identify, page, screen, group, alias")?;
    let [properties, traits, context] = object;
    let mut properties = self::object(properties, "`properties` is not an object")?;
    let traits = self::object(traits, "`traits` is not an object")?;
    if properties.is_empty() {
        properties = traits;
    } else {
        properties.extend(traits);
    }
    let mut context = self::object(context, "`context` is not an object")?;
    for (field, value) in EXTRA.into_iter().zip(extra) {
        let Some(value) = value.filter(|value| !value.is_null()) else { continue };
        // RudderStack says where it was sent from beside the context.
        if field == CHANNEL && value.is_string() {
            context.entry(field).or_insert(value);
        } else if extras(call).contains(&field) {
            properties.insert(field.to_owned(), value);
        }
    }
    let name = match call {
        "track" => name(event)?,
        call => call.to_owned(),
    };
    let said = |id: Option<String>| id.filter(|id| !id.is_empty());
    let key = id(said(key), "`messageId` is longer than 256 bytes")?;
    let user_id = id(said(user_id), "`userId` is longer than 256 bytes")?;
    let anonymous_id = id(said(anonymous_id), "`anonymousId` is longer than 256 bytes")?;
    let [original, timestamp, sent_at] = time.map(|value| value.as_ref().and_then(instant::of_value));
    let said = Said { occurred_at: original.or(timestamp), sent_at: sent_at.or(frame.sent_at) };
    let tracked =
        Tracked { call: call.to_owned(), name, user_id, anonymous_id, properties, context, sent_at: said.sent_at };
    Ok(Item { key, said, tracked })
}

const TEXT: [&str; 5] = ["type", "event", "messageId", "userId", "anonymousId"];
const OBJECT: [&str; 3] = ["properties", "traits", "context"];
const CHANNEL: &str = "channel";
const EXTRA: [&str; 5] = [CHANNEL, "name", "category", "groupId", "previousId"];
const TIME: [&str; 3] = ["originalTimestamp", "timestamp", "sentAt"];

/// The fields of an item that mean something; the others are not even read. Of a field that stands twice the last one counts.
#[derive(Default)]
struct Fields {
    text: [Option<Value>; 5],
    object: [Option<Value>; 3],
    extra: [Option<Value>; 5],
    time: [Option<Value>; 3],
}

impl Fields {
    fn field(&mut self, name: &str) -> Option<&mut Option<Value>> {
        let of = |names: &[&str]| names.iter().position(|one| *one == name);
        if let Some(at) = of(&TEXT) {
            return self.text.get_mut(at);
        }
        if let Some(at) = of(&OBJECT) {
            return self.object.get_mut(at);
        }
        if let Some(at) = of(&TIME) {
            return self.time.get_mut(at);
        }
        of(&EXTRA).and_then(|at| self.extra.get_mut(at))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Fields {
    type Value = Self;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            match self.field(&name) {
                Some(field) => *field = Some(map.next_value()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(self)
    }
}

/// Borrowed where nothing in it is escaped.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

fn extras(call: &str) -> &'static [&'static str] {
    match call {
        "page" | "screen" => &["name", "category"],
        "group" => &["groupId"],
        "alias" => &["previousId"],
        _ => &[],
    }
}

fn answer(_: &Asked, outcome: &Outcome) -> Answer {
    let mut body = json!({"success": true, "accepted": outcome.accepted, "duplicates": outcome.duplicates});
    if let (false, Value::Object(body)) = (outcome.rejected.is_empty(), &mut body) {
        body.insert("rejected".into(), json!(outcome.rejected));
    }
    Answer::json(&body)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::edges::Owner;
    use events::{Envelope, Event, Millis, OrgId, Source, TeamId};
    use http::{HeaderMap, Method};

    const NOW: Millis = Millis(1_800_000_000_000);

    fn split_at(path: &str, body: &[u8]) -> Result<Frame, Bad> {
        let headers = HeaderMap::new();
        let asked = Asked { method: &Method::POST, path, query: "", headers: &headers };
        EDGE.read(&asked, body)
    }

    fn decode(batch: Value) -> (Vec<Envelope>, Vec<usize>) {
        let frame = split_at("/v1/batch", batch.to_string().as_bytes()).unwrap();
        let owner = Owner { org: OrgId::new(), team: TeamId::new() };
        let (mut events, mut rejected) = (Vec::new(), Vec::new());
        for (index, item) in frame.items.iter().enumerate() {
            match EDGE.read_item(item, &frame) {
                Ok(item) => events.push(item.event(owner, NOW)),
                Err(_) => rejected.push(index),
            }
        }
        (events, rejected)
    }
    fn tracked(envelope: &Envelope) -> &Tracked {
        match &envelope.event {
            Event::Tracked(tracked) => tracked,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_calls_become_tracked_events() {
        let (events, rejected) = decode(json!({"batch": [
            {"type": "track", "event": "Clicked", "messageId": "m1", "userId": 42, "anonymousId": null, "properties": {"a": 1}, "context": {"library": {"name": "x"}}},
            {"type": "identify", "messageId": "m2", "userId": "u", "traits": {"plan": "pro"}},
            {"type": "page", "name": "Home", "category": null, "properties": {"url": "/"}},
            {"type": "group", "groupId": "g", "traits": {"size": 3}},
            {"type": "alias", "previousId": "old", "userId": "new"},
        ]}));
        assert!(rejected.is_empty());
        let names: Vec<_> = events.iter().map(|event| event.event.name().into_owned()).collect();
        assert_eq!(names, ["Clicked", "identify", "page", "group", "alias"]);
        let first = tracked(&events[0]);
        assert_eq!((first.user_id.as_deref(), first.anonymous_id.as_deref()), (Some("42"), None));
        assert_eq!(events[0].key.as_deref(), Some("m1"));
        assert_eq!(events[0].source, Source::Collect);
        assert_eq!(tracked(&events[1]).properties, json!({"plan": "pro"}).as_object().unwrap().clone());
        assert_eq!(tracked(&events[2]).properties, json!({"url": "/", "name": "Home"}).as_object().unwrap().clone());
        assert!(events[2].key.as_ref().is_some_and(|key| !key.is_empty()));
        assert_eq!(tracked(&events[4]).properties, json!({"previousId": "old"}).as_object().unwrap().clone());
    }

    #[test]
    fn a_bad_item_spoils_nothing_else() {
        let (events, rejected) = decode(json!({"batch": [
            {"type": "track", "messageId": "m1"},
            7,
            {"type": "teleport"},
            {"type": "track", "event": "A", "properties": []},
            {"type": "track", "event": "A", "messageId": "m".repeat(257)},
            {"type": "track", "event": "A", "properties": {"x": "x".repeat(40_000)}},
            {"type": "track", "event": "Good", "messageId": "m2"},
        ]}));
        assert_eq!(rejected, [0, 1, 2, 3, 4, 5]);
        assert_eq!(events.len(), 1);
        assert!(split_at("/v1/batch", b"{\"batch\":[").is_err());
        assert!(split_at("/v1/batch", b"{}").is_err());
        assert!(split_at("/v1/batch", b"[]").is_err());
        assert!(split_at("/v1/track", b"7").is_err());
    }

    #[test]
    fn a_wrong_clock_is_corrected_and_bounded() {
        let at = |item: Value| {
            let mut item = item;
            item["type"] = "track".into();
            item["event"] = "A".into();
            decode(json!({"batch": [item], "sentAt": "2027-01-15T08:00:10Z"})).0[0].occurred_at
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

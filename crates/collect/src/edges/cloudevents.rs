//! CloudEvents 1.0 over HTTP: binary (attributes in `ce-` headers), structured (`application/cloudevents+json`), and batch.
//!
//! The event's name is its `type`; `source` and `id` together are its message id, as the specification says. Who it was stands in the
//! extension `userid` or `anonymousid`, or in the data as `userId`, `user_id`, `anonymousId`. `subject` is what it is about.

use super::{
    Answer, Asked, Bad, Edge, Frame, Item, Outcome, Reason, Said, header,
    item::{id, key_of, name, said, shape},
    query_value,
};
use crate::instant;
use base64::{Engine, engine::general_purpose::STANDARD};
use events::Tracked;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

pub const EDGE: Edge = Edge {
    name: "cloudevents",
    paths: &["/cloudevents", "/cloudevents/", "/cloudevents/{key}"],
    most_bytes: 1 << 20,
    most_item_bytes: 256 << 10,
    too_large: 413,
    key: |asked| {
        let in_path = asked.path.strip_prefix("/cloudevents/").filter(|key| !key.is_empty()).map(str::to_owned);
        in_path.or_else(|| query_value(asked.query, "key"))
    },
    split,
    item,
    answer,
    limited: None,
};

fn split<'a>(asked: &Asked<'a>, body: Cow<'a, [u8]>) -> Result<Frame, Bad> {
    let kind = header(asked.headers, "content-type").unwrap_or_default().trim().to_ascii_lowercase();
    let items = if kind.starts_with("application/cloudevents-batch") {
        let items: Vec<Value> = serde_json::from_slice(&body).map_err(shape)?;
        items.iter().map(Value::to_string).collect()
    } else if kind.starts_with("application/cloudevents") {
        if !kind.starts_with("application/cloudevents+json") {
            return Err(Bad::Shape("of the structured formats only JSON is taken".into()));
        }
        let item: Map<String, Value> = serde_json::from_slice(&body).map_err(shape)?;
        vec![Value::Object(item).to_string()]
    } else {
        vec![binary(asked, &kind, &body)?]
    };
    Ok(Frame { items, ..Frame::default() })
}

/// Headers and data as one event in JSON.
fn binary(asked: &Asked, kind: &str, body: &[u8]) -> Result<String, Bad> {
    let mut event = Map::new();
    for (name, value) in asked.headers {
        if let (Some(name), Ok(value)) = (name.as_str().strip_prefix("ce-"), std::str::from_utf8(value.as_bytes())) {
            event.insert(name.to_owned(), super::percent_only(value).into());
        }
    }
    if !event.contains_key("specversion") {
        return Err(Bad::Shape("neither `ce-` headers nor `application/cloudevents+json`".into()));
    }
    let json = kind.is_empty() || kind.starts_with("application/json") || kind.contains("+json");
    // Many an HTTP library says that of every body it is not told about.
    let unsaid = kind.starts_with("application/x-www-form-urlencoded");
    let guessed = if unsaid { serde_json::from_slice(body).ok() } else { None };
    if body.is_empty() {
        // No data is allowed.
    } else if let Some(data) = guessed {
        event.insert("data".into(), data);
    } else if json {
        event.insert("data".into(), serde_json::from_slice(body).map_err(shape)?);
    } else if let (true, Ok(text)) = (kind.starts_with("text/"), std::str::from_utf8(body)) {
        event.insert("data".into(), text.into());
    } else {
        event.insert("data_base64".into(), STANDARD.encode(body).into());
    }
    Ok(Value::Object(event).to_string())
}

fn item(text: &str, _: &Frame) -> Result<Item, Reason> {
    let mut event: Map<String, Value> = serde_json::from_str(text).map_err(|_| "the event is not an object")?;
    if said(&event, "specversion").is_none_or(|version| !version.starts_with("1.")) {
        return Err("`specversion` is not 1.0".into());
    }
    let (message, source) = (said(&event, "id").ok_or("`id` is missing")?, said(&event, "source"));
    let source = source.ok_or("`source` is missing")?;
    let name = name(said(&event, "type"))?;
    let occurred_at = match event.get("time") {
        None | Some(Value::Null) => None,
        Some(time) => Some(instant::of_value(time).ok_or("`time` is no instant")?),
    };
    let properties = match (event.remove("data"), event.remove("data_base64")) {
        (Some(Value::Object(data)), _) => data,
        (Some(Value::Null) | None, None) => Map::new(),
        (Some(data), _) => Map::from_iter([("data".to_owned(), data)]),
        (None, Some(data)) => Map::from_iter([("data_base64".to_owned(), data)]),
    };
    let of = |extension: &str, fields: &[&str]| {
        said(&event, extension).or_else(|| fields.iter().find_map(|field| said(&properties, field)))
    };
    let user = of("userid", &["userId", "user_id"]);
    let anonymous = of("anonymousid", &["anonymousId", "anonymous_id"]);
    let context = Map::from_iter([
        ("library".to_owned(), json!({"name": "cloudevents", "version": event.get("specversion")})),
        ("cloudevent".to_owned(), Value::Object(event)),
    ]);
    let tracked = Tracked {
        call: "track".into(),
        name,
        user_id: id(user, "`userid` is longer than 256 bytes")?,
        anonymous_id: id(anonymous, "`anonymousid` is longer than 256 bytes")?,
        properties,
        context,
        sent_at: None,
    };
    let key = key_of("ce", &[source.as_bytes(), message.as_bytes()]);
    Ok(Item { key: Some(key), said: Said { occurred_at, sent_at: None }, tracked })
}

/// A single event that was refused is told why; of a batch the good ones are taken.
fn answer(asked: &Asked, outcome: &Outcome) -> Answer {
    let batch = header(asked.headers, "content-type").is_some_and(|kind| kind.contains("cloudevents-batch"));
    let body = json!({"accepted": outcome.accepted, "duplicates": outcome.duplicates, "rejected": outcome.rejected});
    let answer = Answer::json(&body);
    if batch || outcome.rejected.is_empty() { answer } else { Answer { status: 400, ..answer } }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, Method};

    fn read(headers: &[(&'static str, &'static str)], body: &str) -> Result<Vec<Item>, String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        let asked = Asked { method: &Method::POST, path: "/cloudevents", query: "", headers: &map };
        let frame = EDGE.read(&asked, body.as_bytes()).map_err(|bad| bad.to_string())?;
        frame.items.iter().map(|item| EDGE.read_item(item, &frame).map_err(|reason| reason.to_string())).collect()
    }

    #[test]
    fn the_three_ways_say_the_same() {
        let binary = [
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "/shop"),
            ("ce-type", "order.%E4%BB%98"),
            ("ce-time", "2027-01-15T08:00:00Z"),
            ("ce-userid", "u"),
            ("content-type", "application/json"),
        ];
        let structured = r#"{"specversion":"1.0","id":"1","source":"/shop","type":"order.付","time":"2027-01-15T08:00:00Z","userid":"u","data":{"a":1}}"#;
        let one = read(&binary, r#"{"a":1}"#).unwrap().remove(0);
        let two = read(&[("content-type", "application/cloudevents+json; charset=utf-8")], structured).unwrap();
        let three =
            read(&[("content-type", "application/cloudevents-batch+json")], &format!("[{structured}]")).unwrap();
        assert_eq!((&one, &one), (&two[0], &three[0]));
        assert_eq!((one.tracked.name.as_str(), one.tracked.user_id.as_deref()), ("order.付", Some("u")));
    }

    #[test]
    fn what_is_no_cloudevent_is_refused() {
        for body in ["{}", r#"{"specversion":"0.3","id":"1","source":"s","type":"t"}"#, "7", "[]"] {
            assert!(read(&[("content-type", "application/cloudevents+json")], body).is_err(), "{body}");
        }
        assert!(read(&[("content-type", "application/json")], "{}").is_err());
        assert_eq!(read(&[("content-type", "application/cloudevents-batch+json")], "[]"), Ok(vec![]));
    }
}

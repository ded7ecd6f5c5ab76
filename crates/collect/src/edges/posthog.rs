//! PostHog's wire format: one event, a list, or `{"api_key","batch":[...],"sent_at"}`; JSON, gzip, or a form with `data` in base64.
//!
//! `$pageview`, `$screen`, `$identify`, `$groupidentify` and `$create_alias` become the calls they are; everything else is tracked under
//! its own name. Session recordings (`$snapshot`, `/s/`) are answered and not kept: they are pictures of a screen, not events.

use super::{
    Answer, Asked, Bad, Edge, Frame, Item, Outcome, Reason, Said,
    item::{id, key_of, name, object, said, shape},
    pairs, query_value,
};
use crate::instant;
use base64::{Engine, engine::general_purpose::STANDARD};
use events::{Millis, Tracked};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

pub const EDGE: Edge = Edge {
    name: "posthog",
    paths: &[
        "/capture",
        "/capture/",
        "/batch",
        "/batch/",
        "/e",
        "/e/",
        "/i/v0/e",
        "/i/v0/e/",
        "/track",
        "/track/",
        "/engage",
        "/engage/",
        "/s",
        "/s/",
    ],
    most_bytes: 10 << 20,
    most_item_bytes: 256 << 10,
    // Its clients then send smaller batches.
    too_large: 413,
    key: |asked| query_value(asked.query, "api_key").or_else(|| query_value(asked.query, "token")),
    split,
    item,
    answer,
    limited: Some(limited),
};

fn split<'a>(asked: &Asked<'a>, body: Cow<'a, [u8]>) -> Result<Frame, Bad> {
    let value = value_of(asked, &body)?;
    // Old browsers say in the query when they sent it.
    let stamp = query_value(asked.query, "_").and_then(|ms| ms.parse().ok()).map(Millis);
    let mut frame = Frame { sent_at: stamp, ..Frame::default() };
    let items = match value {
        Value::Array(items) => items,
        Value::Object(mut map) => {
            frame.key = ["api_key", "token", "$token"].iter().find_map(|field| said(&map, field));
            frame.sent_at = map.get("sent_at").and_then(instant::of_value).or(stamp);
            match map.remove("batch") {
                Some(Value::Array(items)) => items,
                Some(_) => return Err(Bad::Shape("`batch` is not a list".into())),
                None => vec![Value::Object(map)],
            }
        }
        _ => return Err(Bad::Shape("neither an event nor a list".into())),
    };
    frame.key = frame.key.or_else(|| items.iter().find_map(token_of));
    let recording = asked.path.trim_end_matches('/').ends_with("/s");
    frame.items = items
        .into_iter()
        .filter(|item| !recording && item.get("event") != Some(&"$snapshot".into()))
        .map(|item| item.to_string())
        .collect();
    Ok(frame)
}

fn value_of(asked: &Asked, body: &[u8]) -> Result<Value, Bad> {
    if *asked.method == http::Method::GET {
        let data = query_value(asked.query, "data").ok_or_else(|| Bad::Shape("`data` is missing".into()))?;
        return json_of(data.as_bytes());
    }
    // An address within JSON may well hold `&data=`. A form's other fields are of no use here.
    let json = body.trim_ascii_start().starts_with(b"{") || body.trim_ascii_start().starts_with(b"[");
    let form =
        std::str::from_utf8(body).ok().filter(|text| !json && (text.starts_with("data=") || text.contains("&data=")));
    match form.and_then(|text| pairs(text).find(|(key, _)| key == "data")) {
        Some((_, data)) => json_of(data.as_bytes()),
        None => json_of(body),
    }
}

/// JSON, or JSON in base64, which may be gzip before that.
fn json_of(bytes: &[u8]) -> Result<Value, Bad> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[')) {
        return serde_json::from_slice(bytes).map_err(shape);
    }
    // A `+` that was not written as `%2B` arrives as a space.
    let text: Vec<u8> = bytes.iter().map(|byte| if *byte == b' ' { b'+' } else { *byte }).collect();
    let decoded = STANDARD.decode(text).map_err(|_| Bad::Shape("neither JSON nor base64".into()))?;
    let plain = crate::plain(&decoded, EDGE.most_bytes).map_err(shape)?;
    serde_json::from_slice(&plain).map_err(shape)
}

fn token_of(item: &Value) -> Option<String> {
    let map = item.as_object()?;
    let inner = map.get("properties").and_then(Value::as_object);
    ["api_key", "token", "$token"].iter().find_map(|field| said(map, field)).or_else(|| said(inner?, "token"))
}

fn item(text: &str, frame: &Frame) -> Result<Item, Reason> {
    let mut item: Map<String, Value> = serde_json::from_str(text).map_err(|_| "the event is not an object")?;
    let mut properties = object(item.remove("properties"), "`properties` is not an object")?;
    // `/engage/` sends what is set without an event.
    let event = match said(&item, "event") {
        None if item.contains_key("$set") || item.contains_key("$set_once") => "$identify".to_owned(),
        event => name(event)?,
    };
    let call = match event.as_str() {
        "$pageview" => "page",
        "$screen" => "screen",
        "$identify" | "$set" => "identify",
        "$groupidentify" => "group",
        "$create_alias" => "alias",
        _ => "track",
    };
    for field in ["$set", "$set_once", "$unset"] {
        if let Some(value) = item.remove(field).filter(|value| !value.is_null()) {
            properties.entry(field).or_insert(value);
        }
    }
    properties.remove("token");
    let distinct = ["distinct_id", "$distinct_id"].iter().find_map(|field| said(&item, field));
    let distinct = distinct.or_else(|| said(&properties, "distinct_id"));
    let (user, anonymous) = who(&event, distinct, &properties);
    if call == "alias"
        && let Some(alias) = properties.get("alias").cloned()
    {
        properties.insert("previousId".into(), alias);
    }
    if call == "group"
        && let Some(group) = properties.get("$group_key").cloned()
    {
        properties.insert("groupId".into(), group);
    }
    let sent_at = frame.sent_at;
    let stamp = item.get("timestamp").and_then(instant::of_value);
    // Old browsers say how long before sending it was.
    let offset = item.get("offset").and_then(Value::as_i64).filter(|_| stamp.is_none());
    let occurred_at = match (stamp, offset, sent_at) {
        (None, Some(offset), Some(sent)) => Some(sent.plus_ms(offset.saturating_neg())),
        (stamp, ..) => stamp,
    };
    let key = match said(&item, "uuid").or_else(|| said(&properties, "$insert_id")) {
        Some(uuid) => id(Some(uuid), "`uuid` is longer than 256 bytes")?,
        // Nothing but its time tells one of these from the next.
        None => occurred_at.map(|_| key_of("ph", &[text.as_bytes()])),
    };
    let context = context(&properties);
    let tracked = Tracked {
        call: call.to_owned(),
        name: if call == "track" { event } else { call.to_owned() },
        user_id: id(user, "`distinct_id` is longer than 256 bytes")?,
        anonymous_id: id(anonymous, "`$anon_distinct_id` is longer than 256 bytes")?,
        properties,
        context,
        sent_at,
    };
    Ok(Item { key, said: Said { occurred_at, sent_at }, tracked })
}

/// A distinct id is a person's, or of somebody whose name is not known yet.
fn who(event: &str, distinct: Option<String>, properties: &Map<String, Value>) -> (Option<String>, Option<String>) {
    let before = said(properties, "$anon_distinct_id");
    if let Some(user) = said(properties, "$user_id") {
        let anonymous = before.or(distinct.filter(|distinct| *distinct != user));
        return (Some(user), anonymous);
    }
    let unknown = properties.get("$is_identified") == Some(&false.into())
        || properties.get("$process_person_profile") == Some(&false.into())
        || (distinct.is_some() && distinct == said(properties, "$device_id"));
    if unknown && event != "$identify" { (None, distinct) } else { (distinct, before) }
}

fn context(properties: &Map<String, Value>) -> Map<String, Value> {
    let mut context = Map::new();
    let text = |field: &str| properties.get(field).filter(|value| value.is_string()).cloned();
    if let Some(name) = text("$lib") {
        context.insert("library".into(), json!({"name": name, "version": text("$lib_version")}));
    }
    if let Some(url) = text("$current_url") {
        let page = json!({"url": url, "referrer": text("$referrer"), "title": text("title")});
        context.insert("page".into(), page);
    }
    if let Some(agent) = text("$raw_user_agent") {
        context.insert("userAgent".into(), agent);
    }
    if let Some(Value::Bool(true)) = properties.get("$webdriver") {
        context.insert("webdriver".into(), true.into());
    }
    context
}

fn answer(_: &Asked, _: &Outcome) -> Answer {
    Answer::json(&json!({"status": 1}))
}

/// In a browser it knows `quota_limited`, and then holds back for a minute; servers' SDKs know 429.
fn limited(asked: &Asked) -> Option<Answer> {
    let browser = matches!(asked.path.trim_end_matches('/'), "/e" | "/i/v0/e" | "/s");
    browser.then(|| Answer::json(&json!({"status": 1, "quota_limited": ["events", "recordings"]})))
}

/// What `/flags` and `/decide` answer: there are none.
pub(crate) fn no_flags() -> Value {
    json!({
        "flags": {}, "featureFlags": {}, "featureFlagPayloads": {}, "errorsWhileComputingFlags": false,
        "requestId": uuid::Uuid::now_v7(), "config": {"enable_collect_everything": true}, "toolbarParams": {},
        "isAuthenticated": false, "supportedCompression": ["gzip", "gzip-js"], "sessionRecording": false,
    })
}

/// What `/array/{token}/config` answers: events, and nothing else that a browser could load.
pub(crate) fn remote_config(token: &str) -> Value {
    json!({
        "token": token, "supportedCompression": ["gzip", "gzip-js"], "hasFeatureFlags": false, "sessionRecording": false,
        "surveys": false, "heatmaps": false, "captureDeadClicks": false, "capturePerformance": false, "autocapture_opt_out": false,
        "autocaptureExceptions": false, "analytics": {"endpoint": "/i/v0/e/"}, "elementsChainAsString": true,
        "siteApps": [], "errorTracking": {"autocaptureExceptions": false, "suppressionRules": []},
        "defaultIdentifiedOnly": true,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use http::{HeaderMap, Method};

    fn read(path: &str, query: &str, body: &str) -> (Frame, Item) {
        let headers = HeaderMap::new();
        let asked = Asked { method: &Method::POST, path, query, headers: &headers };
        let frame = EDGE.read(&asked, body.as_bytes()).unwrap();
        let item = EDGE.read_item(&frame.items[0], &frame).unwrap();
        (frame, item)
    }

    #[test]
    fn every_shape_is_read() {
        let event = r#"{"event":"A b","uuid":"u1","distinct_id":"d","properties":{"token":"K","url":"/?a=1&data=2"}}"#;
        let list = format!("[{event}]");
        let batch = format!(r#"{{"api_key":"K","batch":[{event}],"sent_at":"2027-01-15T08:00:00Z"}}"#);
        let form = format!("data={}&lib=x", STANDARD.encode(event).replace('+', "%2B").replace('=', "%3D"));
        for (path, body) in [("/e/", event), ("/e/", &list), ("/batch/", &batch), ("/e/", &form)] {
            let (frame, item) = read(path, "", body);
            assert_eq!((frame.key.as_deref(), item.key.as_deref()), (Some("K"), Some("u1")), "{body}");
            assert_eq!((item.tracked.name.as_str(), item.tracked.user_id.as_deref()), ("A b", Some("d")));
            assert_eq!(item.tracked.properties.get("token"), None, "a key is not an event's");
        }
    }

    #[test]
    fn who_it_was_is_told_apart() {
        let who = |event: &str, properties: Value| {
            let body = json!({"event": event, "distinct_id": "d", "properties": properties}).to_string();
            let tracked = read("/e/", "", &body).1.tracked;
            (tracked.call, tracked.user_id, tracked.anonymous_id)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(who("A", json!({"$device_id": "d"})), ("track".into(), None, some("d")));
        assert_eq!(who("A", json!({"$is_identified": false})), ("track".into(), None, some("d")));
        assert_eq!(who("$pageview", json!({"$user_id": "u"})), ("page".into(), some("u"), some("d")));
        assert_eq!(who("$identify", json!({"$anon_distinct_id": "x"})), ("identify".into(), some("d"), some("x")));
        assert_eq!(who("$create_alias", json!({"alias": "old"})), ("alias".into(), some("d"), None));
    }

    #[test]
    fn an_offset_is_counted_back_from_the_sending() {
        let (_, item) = read("/e/", "_=1800000010000", r#"{"event":"A","distinct_id":"d","offset":4000}"#);
        assert_eq!(item.said.occurred_at, Some(Millis(1_800_000_006_000)));
        assert_eq!(item.said.instant(Millis(1_800_000_000_000)), Millis(1_799_999_996_000));
    }

    #[test]
    fn pictures_of_screens_are_not_events() {
        let headers = HeaderMap::new();
        let asked = Asked { method: &Method::POST, path: "/s/", query: "", headers: &headers };
        let frame = EDGE.read(&asked, br#"[{"event":"$snapshot","properties":{"token":"K"}}]"#).unwrap();
        assert_eq!((frame.key.as_deref(), frame.items.len()), (Some("K"), 0));
    }
}

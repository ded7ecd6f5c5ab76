//! Sensors' (神策) wire format at `/sa`: GET as a picture, or POST of a form; `data` is one event, `data_list` many, each JSON in
//! base64 and possibly gzip before that. `ext=crc%3D...` is Java's `String.hashCode` of the base64.
//!
//! `track_signup` and `profile_*` become `identify`, `item_*` `group`, the rest is tracked under its own name.

use super::{
    Answer, Asked, Bad, Edge, Frame, Item, Outcome, Reason, Said,
    item::{id, key_of, name, object, said, shape},
    pairs, query_value,
};
use crate::instant;
use base64::{Engine, engine::general_purpose::STANDARD};
use events::Tracked;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A picture of one transparent point, for senders that are pictures.
const POINT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

pub const EDGE: Edge = Edge {
    name: "sensors",
    paths: &["/sa", "/sa.gif"],
    most_bytes: 4 << 20,
    most_item_bytes: 256 << 10,
    too_large: 413,
    key: |asked| query_value(asked.query, "token"),
    split,
    item,
    answer,
    limited: None,
};

fn split<'a>(asked: &Asked<'a>, body: Cow<'a, [u8]>) -> Result<Frame, Bad> {
    let posted = *asked.method == http::Method::POST && !body.is_empty();
    let text = if posted { std::str::from_utf8(&body).map_err(shape)? } else { asked.query };
    let mut frame = Frame::default();
    let (mut data, mut crc) = (None, None);
    for (key, value) in pairs(text) {
        match &*key {
            "data" | "data_list" => data = Some(value.replace(' ', "+")),
            "ext" => crc = query_value(&value, "crc"),
            "token" => frame.key = Some(value.into_owned()),
            _ => {}
        }
    }
    let data = data.ok_or_else(|| Bad::Shape("`data` or `data_list` is missing".into()))?;
    if crc.is_some_and(|crc| crc.parse() != Ok(hash_code(&data))) {
        return Err(Bad::Checksum);
    }
    let decoded = STANDARD.decode(data.trim()).map_err(|_| Bad::Shape("`data` is not base64".into()))?;
    let plain = crate::plain(&decoded, EDGE.most_bytes).map_err(|bad| match bad {
        crate::BadBody::TooLarge { .. } => Bad::TooLarge,
        bad => shape(bad),
    })?;
    frame.items = match serde_json::from_slice(&plain).map_err(shape)? {
        Value::Array(items) => items.iter().map(Value::to_string).collect(),
        item => vec![item.to_string()],
    };
    Ok(frame)
}

/// Java's `String.hashCode`, over UTF-16; what is hashed here is base64.
fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

fn item(text: &str, _: &Frame) -> Result<Item, Reason> {
    let mut item: Map<String, Value> = serde_json::from_str(text).map_err(|_| "the event is not an object")?;
    let sent_at = item.remove("_flush_time").as_ref().and_then(instant::of_value);
    // What is left is the same when it is sent again.
    let key = key_of("sa", &[Value::Object(item.clone()).to_string().as_bytes()]);
    let kind = said(&item, "type").ok_or("`type` is missing")?;
    let mut properties = object(item.remove("properties"), "`properties` is not an object")?;
    let (call, event) = match kind.as_str() {
        "track" | "track_id_bind" | "track_id_unbind" => {
            let event = name(said(&item, "event"))?;
            match event.as_str() {
                "$pageview" => ("page", "page".to_owned()),
                "$MPViewScreen" | "$AppViewScreen" => ("screen", "screen".to_owned()),
                _ => ("track", event),
            }
        }
        "track_signup" => ("identify", "identify".to_owned()),
        kind if kind.starts_with("profile_") => ("identify", "identify".to_owned()),
        kind if kind.starts_with("item_") => ("group", "group".to_owned()),
        _ => return Err("`type` is none that Sensors' clients send".into()),
    };
    if call != "track" {
        properties.insert("$type".into(), kind.as_str().into());
    }
    if let Some(item_id) = said(&item, "item_id") {
        properties.insert("groupId".into(), item_id.into());
        properties.extend(item.remove("item_type").map(|kind| ("item_type".to_owned(), kind)));
    }
    let (user, anonymous) = who(&kind, &item, &properties);
    let mut context = Map::new();
    if let Some(Value::Object(library)) = item.remove("lib") {
        let mut said = Map::new();
        for (from, to) in [("$lib", "name"), ("$lib_version", "version"), ("$lib_method", "method")] {
            said.extend(library.get(from).map(|value| (to.to_owned(), value.clone())));
        }
        context.insert("library".into(), said.into());
    }
    for field in ["identities", "project", "recv_time"] {
        context.extend(item.remove(field).map(|value| (field.to_owned(), value)));
    }
    if let Some(url) = properties.get("$url").filter(|url| url.is_string()) {
        context.insert("page".into(), serde_json::json!({"url": url, "referrer": properties.get("$referrer")}));
    }
    let occurred_at = item.get("time").and_then(instant::of_value);
    let tracked = Tracked {
        call: call.to_owned(),
        name: event,
        user_id: id(user, "the user's id is longer than 256 bytes")?,
        anonymous_id: id(anonymous, "`anonymous_id` is longer than 256 bytes")?,
        properties,
        context,
        sent_at,
    };
    // Without a time, the next one may well look the same.
    Ok(Item { key: occurred_at.map(|_| key), said: Said { occurred_at, sent_at }, tracked })
}

/// A distinct id is a sign-in's name or the device's; several fields say which.
fn who(kind: &str, item: &Map<String, Value>, properties: &Map<String, Value>) -> (Option<String>, Option<String>) {
    let distinct = said(item, "distinct_id");
    let identities = item.get("identities").and_then(Value::as_object);
    let identity = |name: &str| said(identities?, name);
    let anonymous = said(item, "anonymous_id")
        .or_else(|| said(item, "original_id"))
        .or_else(|| identity("$identity_anonymous_id"))
        .or_else(|| identity("$identity_cookie_id"));
    let user = said(item, "login_id").or_else(|| identity("$identity_login_id"));
    let signed_in = kind == "track_signup" || properties.get("$is_login_id") == Some(&true.into());
    match user {
        Some(user) => (Some(user), anonymous),
        None if signed_in => (distinct, anonymous),
        None => (None, anonymous.or(distinct)),
    }
}

fn answer(asked: &Asked, _: &Outcome) -> Answer {
    if *asked.method == http::Method::GET {
        return Answer { status: 200, kind: "image/gif", body: POINT.to_vec() };
    }
    Answer::empty(200)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use http::{HeaderMap, Method};
    use serde_json::json;

    fn read(query: &str, body: &str) -> Result<(Frame, Item), Bad> {
        let headers = HeaderMap::new();
        let method = if body.is_empty() { Method::GET } else { Method::POST };
        let asked = Asked { method: &method, path: "/sa", query, headers: &headers };
        let frame = EDGE.read(&asked, body.as_bytes())?;
        let item = EDGE.read_item(&frame.items[0], &frame).unwrap();
        Ok((frame, item))
    }

    fn encoded(value: &Value) -> String {
        STANDARD.encode(value.to_string()).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
    }

    #[test]
    fn pictures_forms_and_lists_are_read() {
        let event = json!({"type": "track", "event": "买", "time": 1_800_000_000_000_i64, "distinct_id": "d",
            "lib": {"$lib": "js"}, "properties": {"价": 3}, "_flush_time": 1_800_000_001_000_i64});
        let one = encoded(&event);
        let list = encoded(&json!([event]));
        let plain = STANDARD.encode(event.to_string());
        let crc = hash_code(&plain);
        for (query, body) in [
            (format!("project=p&data={one}"), String::new()),
            (format!("data={one}&ext=crc%3D{crc}"), String::new()),
            ("token=K".into(), format!("data={one}&ext=crc%3D{crc}&gzip=0")),
            (String::new(), format!("gzip=0&data_list={list}")),
        ] {
            let (_, item) = read(&query, &body).unwrap();
            assert_eq!((item.tracked.name.as_str(), item.tracked.anonymous_id.as_deref()), ("买", Some("d")));
            assert_eq!(item.tracked.context["channel"], "browser");
            assert_eq!(item.said.occurred_at.unwrap().0 + 1_000, item.said.sent_at.unwrap().0);
        }
        assert_eq!(read(&format!("data={one}&ext=crc%3D{}", crc.wrapping_add(1)), ""), Err(Bad::Checksum));
        assert!(matches!(read("data=%00%00", ""), Err(Bad::Shape(_))));
        assert!(matches!(read("", "datum=1"), Err(Bad::Shape(_))));
    }

    #[test]
    fn the_checksum_is_javas() {
        // "hello".hashCode() and "polygenelubricants".hashCode() in Java.
        assert_eq!((hash_code("hello"), hash_code("polygenelubricants")), (99_162_322, i32::MIN));
    }

    #[test]
    fn who_it_was_is_told_apart() {
        let who = |mut event: Value| {
            event["time"] = 1_800_000_000_000_i64.into();
            event["distinct_id"] = "d".into();
            let tracked = read("", &format!("data={}", encoded(&event))).unwrap().1.tracked;
            (tracked.call, tracked.user_id, tracked.anonymous_id)
        };
        let some = |text: &str| Some(text.to_owned());
        let login = json!({"type": "track", "event": "A", "properties": {"$is_login_id": true}});
        assert_eq!(who(login), ("track".into(), some("d"), None));
        let signup = json!({"type": "track_signup", "event": "$SignUp", "original_id": "o"});
        assert_eq!(who(signup), ("identify".into(), some("d"), some("o")));
        let known =
            json!({"type": "profile_set", "identities": {"$identity_login_id": "u", "$identity_cookie_id": "c"}});
        assert_eq!(who(known), ("identify".into(), some("u"), some("c")));
        let goods = json!({"type": "item_set", "item_type": "sku", "item_id": 7});
        assert_eq!(who(goods).0, "group");
    }

    #[test]
    fn sent_again_is_the_same_whenever_it_was_flushed() {
        let key = |flushed: i64, track_id: i64| {
            let event = json!({"type": "track", "event": "A", "distinct_id": "d", "time": 1_800_000_000_000_i64,
                "_track_id": track_id, "_flush_time": flushed});
            read("", &format!("data={}", encoded(&event))).unwrap().1.key.unwrap()
        };
        assert_eq!(key(1, 5), key(2, 5));
        assert_ne!(key(1, 5), key(1, 6));
    }
}

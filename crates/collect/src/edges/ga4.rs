//! GA4's Measurement Protocol: `/mp/collect?measurement_id=&api_secret=` with up to 25 events of one client, and its twin under
//! `/debug`, which takes nothing and says what is wrong. The `api_secret` is the source's write key.

use super::{
    Answer, Asked, Bad, Edge, Frame, Item, Outcome, Reason, Said,
    item::{id, key_of, name, object, said, shape},
    query_value,
};
use events::{Millis, Tracked};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const MOST_EVENTS: usize = 25;
const MOST_PARAMS: usize = 25;
const LONGEST_NAME: usize = 40;

pub const EDGE: Edge = Edge {
    name: "ga4",
    paths: &["/mp/collect", "/debug/mp/collect"],
    most_bytes: 256 << 10,
    most_item_bytes: 130_000,
    too_large: 413,
    key: |asked| query_value(asked.query, "api_secret"),
    split,
    item,
    answer,
    limited: None,
};

/// Each event carries what was said once of all.
fn split<'a>(asked: &Asked<'a>, body: Cow<'a, [u8]>) -> Result<Frame, Bad> {
    let mut body: Map<String, Value> = serde_json::from_slice(&body).map_err(shape)?;
    let Some(Value::Array(events)) = body.remove("events") else {
        return Err(Bad::Shape("`events` is not a list".into()));
    };
    if events.len() > MOST_EVENTS {
        return Err(Bad::Shape(format!("more than {MOST_EVENTS} events")));
    }
    if let Some(stream) =
        query_value(asked.query, "measurement_id").or_else(|| query_value(asked.query, "firebase_app_id"))
    {
        body.insert("measurement_id".into(), stream.into());
    }
    let items = events.into_iter().map(|event| match event {
        Value::Object(event) => {
            let mut item = body.clone();
            item.extend(event);
            Value::Object(item).to_string()
        }
        other => other.to_string(),
    });
    Ok(Frame { items: items.collect(), ..Frame::default() })
}

fn item(text: &str, _: &Frame) -> Result<Item, Reason> {
    let mut item: Map<String, Value> = serde_json::from_str(text).map_err(|_| "the event is not an object")?;
    let event = name(said(&item, "name"))?;
    let begins = event.chars().next().is_some_and(char::is_alphabetic);
    if event.chars().count() > LONGEST_NAME || !begins || !event.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err("an event's name has up to 40 letters, digits and `_`, and begins with a letter".into());
    }
    let mut properties = object(item.remove("params"), "`params` is not an object")?;
    if properties.len() > MOST_PARAMS {
        return Err("more than 25 params".into());
    }
    let anonymous = said(&item, "client_id").or_else(|| said(&item, "app_instance_id"));
    let anonymous = anonymous.ok_or("`client_id` is missing")?;
    let user = said(&item, "user_id");
    let micros = item.get("timestamp_micros").and_then(|micros| match micros {
        Value::String(text) => text.parse().ok(),
        micros => micros.as_i64(),
    });
    let occurred_at = micros.map(|micros: i64| Millis(micros / 1_000));
    // An id of the sender's is believed; without one, only the time tells two events apart.
    let own = ["event_id", "message_id"].iter().find_map(|field| said(&properties, field));
    let key = match (own, occurred_at) {
        (Some(own), _) => Some(key_of("ga4", &[anonymous.as_bytes(), own.as_bytes()])),
        (None, Some(_)) => Some(key_of("ga4", &[text.as_bytes()])),
        (None, None) => None,
    };
    let mut context = Map::from_iter([("library".to_owned(), json!({"name": "ga4"}))]);
    for field in ["user_properties", "measurement_id", "consent", "device", "user_location"] {
        context.extend(item.remove(field).map(|value| (field.to_owned(), value)));
    }
    let call = match event.as_str() {
        "page_view" => "page",
        "screen_view" => "screen",
        _ => "track",
    };
    if let Some(url) = properties.get("page_location").filter(|url| url.is_string()) {
        context.insert("page".into(), json!({"url": url, "referrer": properties.get("page_referrer")}));
    }
    for (param, field) in [("source", "source"), ("medium", "medium"), ("campaign", "name")] {
        if event == "campaign_details"
            && let Some(value) = properties.get(param).cloned()
            && let Value::Object(campaign) = context.entry("campaign").or_insert_with(|| json!({}))
        {
            campaign.insert(field.into(), value);
        }
    }
    if call != "track" {
        properties.insert("event_name".into(), event.as_str().into());
    }
    let tracked = Tracked {
        call: call.to_owned(),
        name: if call == "track" { event } else { call.to_owned() },
        user_id: id(user, "`user_id` is longer than 256 bytes")?,
        anonymous_id: id(Some(anonymous), "`client_id` is longer than 256 bytes")?,
        properties,
        context,
        sent_at: None,
    };
    Ok(Item { key, said: Said { occurred_at, sent_at: None }, tracked })
}

/// Whether this call only asks what would be wrong.
pub(crate) fn only_asks(asked: &Asked) -> bool {
    asked.path.starts_with("/debug/")
}

fn answer(asked: &Asked, outcome: &Outcome) -> Answer {
    if !only_asks(asked) {
        return Answer::empty(204);
    }
    let told = outcome.rejected.iter().map(|rejected| {
        json!({"fieldPath": format!("events[{}]", rejected.index), "description": rejected.reason,
            "validationCode": "VALUE_INVALID"})
    });
    Answer::json(&json!({"validationMessages": told.collect::<Vec<_>>()}))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use http::{HeaderMap, Method};

    fn read(body: Value) -> Vec<Result<Item, String>> {
        let headers = HeaderMap::new();
        let query = "measurement_id=G-1&api_secret=K";
        let asked = Asked { method: &Method::POST, path: "/mp/collect", query, headers: &headers };
        let frame = EDGE.read(&asked, body.to_string().as_bytes()).unwrap();
        frame.items.iter().map(|item| EDGE.read_item(item, &frame).map_err(|reason| reason.to_string())).collect()
    }

    #[test]
    fn events_of_one_client_are_read() {
        let items = read(json!({"client_id": "c", "user_id": "u", "timestamp_micros": "1800000000123456", "events": [
            {"name": "purchase", "params": {"value": 3, "session_id": "1"}},
            {"name": "page_view", "params": {"page_location": "https://a.example/?utm_source=weibo"}},
            {"name": "bad name"},
            7,
        ]}));
        let good = items[0].as_ref().unwrap();
        assert_eq!(good.said.occurred_at, Some(Millis(1_800_000_000_123)));
        assert_eq!((good.tracked.user_id.as_deref(), good.tracked.anonymous_id.as_deref()), (Some("u"), Some("c")));
        assert_eq!(good.tracked.context["measurement_id"], "G-1");
        let page = items[1].as_ref().unwrap();
        assert_eq!(
            (page.tracked.call.as_str(), &page.tracked.context["campaign"]["source"]),
            ("page", &"weibo".into())
        );
        assert!(items[2].is_err() && items[3].is_err());
    }

    #[test]
    fn only_what_can_be_told_apart_is_a_repeat() {
        let key = |body: Value| read(body).remove(0).unwrap().key;
        assert_eq!(key(json!({"client_id": "c", "events": [{"name": "a"}]})), None);
        let timed = json!({"client_id": "c", "timestamp_micros": 1, "events": [{"name": "a"}]});
        assert!(key(timed.clone()).is_some() && key(timed.clone()) == key(timed));
        let own = json!({"client_id": "c", "events": [{"name": "a", "params": {"event_id": "x"}}]});
        assert!(key(own).is_some());
    }
}

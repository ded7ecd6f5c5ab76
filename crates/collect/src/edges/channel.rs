//! Where an event came from, said the same way whatever the client: `context.channel` (`browser`, `mobile` or `server`) is what it was
//! sent from, `context.campaign` is what brought the person (UTM 渠道), as Segment writes them.

use super::{parts::Parts, query_value};
use events::Tracked;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// As it stands in an address, as PostHog and Sensors write it, and what Segment calls it.
const UTM: [(&str, &str, &str); 5] = [
    ("utm_source", "$utm_source", "source"),
    ("utm_medium", "$utm_medium", "medium"),
    ("utm_campaign", "$utm_campaign", "name"),
    ("utm_term", "$utm_term", "term"),
    ("utm_content", "$utm_content", "content"),
];

/// Parts of libraries' names.
const SERVER: &[&str] =
    &["node", "python", "java-server", "golang", "go-", "ruby", "php", "dotnet", "rust", "cloudevents"];
const MOBILE: &[&str] = &["ios", "android", "flutter", "react-native", "miniprogram", "swift", "kotlin"];
const BROWSER: &[&str] = &["analytics.js", "javascript", "browser"];
static LIBRARIES: LazyLock<Parts> = LazyLock::new(|| Parts::new(&[SERVER, MOBILE, BROWSER]));

pub(crate) fn mark(tracked: &mut Tracked) {
    if !tracked.context.get("channel").is_some_and(Value::is_string)
        && let Some(channel) = channel(tracked)
    {
        tracked.context.insert("channel".into(), channel.into());
    }
    if !tracked.context.get("campaign").is_some_and(Value::is_object) {
        let campaign = campaign(tracked);
        if !campaign.is_empty() {
            tracked.context.insert("campaign".into(), campaign.into());
        }
    }
}

/// By the library that sent it.
fn channel(tracked: &Tracked) -> Option<&'static str> {
    let library = tracked.context.get("library")?.get("name")?.as_str()?;
    // The first list that has a part of it.
    match LIBRARIES.first(library) {
        Some(0) => Some("server"),
        Some(1) => Some("mobile"),
        Some(_) => Some("browser"),
        None => ["web", "js"].iter().any(|name| name.eq_ignore_ascii_case(library)).then_some("browser"),
    }
}

/// Named by the client, or read from the page's address.
fn campaign(tracked: &Tracked) -> Map<String, Value> {
    let page = tracked.context.get("page").and_then(|page| page.get("url")).and_then(Value::as_str);
    let own = ["url", "$url", "$current_url", "page_location"];
    let url = page.or_else(|| own.iter().find_map(|name| tracked.properties.get(*name)?.as_str()));
    let query = url.and_then(|url| url.split_once('?')).map_or("", |(_, rest)| rest);
    let query = query.split('#').next().unwrap_or_default();
    let mut campaign = Map::new();
    let asks = query.contains("utm_");
    for (utm, dressed, name) in UTM {
        let said = tracked.properties.get(utm).or_else(|| tracked.properties.get(dressed));
        let said = said.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        if let Some(value) = said.or_else(|| asks.then(|| query_value(query, utm)).flatten()) {
            campaign.insert(name.into(), value.into());
        }
    }
    campaign
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(properties: Value, context: Value, expected: Value) {
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        let mut tracked = Tracked {
            call: "track".into(),
            name: "A".into(),
            user_id: None,
            anonymous_id: None,
            properties: map(properties),
            context: map(context),
            sent_at: None,
        };
        mark(&mut tracked);
        assert_eq!(json!([tracked.context.get("channel"), tracked.context.get("campaign")]), expected);
    }

    #[test]
    fn channels_and_campaigns_read_the_same_from_every_client() {
        check(json!({}), json!({}), json!([null, null]));
        check(json!({}), json!({"library": {"name": "analytics-python"}}), json!(["server", null]));
        check(json!({}), json!({"library": {"name": "js"}}), json!(["browser", null]));
        check(json!({}), json!({"channel": "kiosk", "library": {"name": "js"}}), json!(["kiosk", null]));
        check(
            json!({"$utm_source": "douyin"}),
            json!({"page": {"url": "https://a.example/?utm_medium=live%20room&utm_source=x#y"}}),
            json!([null, {"source": "douyin", "medium": "live room"}]),
        );
        check(json!({"utm_source": "a"}), json!({"campaign": {"source": "b"}}), json!([null, {"source": "b"}]));
    }
}

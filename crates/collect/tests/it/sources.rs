//! Sources: keys, limits, counts, and what their edges tell browsers' SDKs.

use crate::{
    house::House,
    http_raw::send,
    requests::{Sent, request},
};
use events::{Clock, Event, Millis};
use sea_orm::DbBackend;
use serde_json::{Value, json};
use std::sync::Arc;

const NOW: Millis = Millis(1_800_000_000_000);

async fn house(clock: &Clock) -> House {
    House::open_in(Arc::new(tempfile::tempdir().unwrap()), clock.clone(), Arc::default()).await
}

async fn sent(house: &House, key: &str, id: &str) -> u16 {
    let Sent { method, path, headers, body } = request("segment", key, id);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(&house.test, method, &path, &headers, body).await.0
}

async fn listed(house: &House) -> Vec<Value> {
    house.test.get("/api/collect/sources").await.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_key_is_shown_once_and_kept_as_a_hash() {
    let house = House::open().await;
    let (id, key) = house.source(json!({"name": " shop ", "kind": "segment"})).await;
    assert!(key.starts_with("kbw_") && key.len() == 47, "{key}");
    let listed = house.test.get("/api/collect/sources").await;
    assert!(!listed.text().contains(&key) && listed.json()["items"][0]["name"] == "shop", "{}", listed.text());
    // What stands in the file is what stands in PostgreSQL.
    if house.test.app.store.read().get_database_backend() == DbBackend::Sqlite {
        let database = std::fs::read(house.test.app.data_dir.join("kaibo.db-wal")).unwrap();
        assert!(memchr::memmem::find(&database, key.as_bytes()).is_none(), "the key stands in the database");
    }
    assert_eq!(sent(&house, &key, "a").await, 200);
    house.test.app.store.relayed().await.unwrap();
    let told = house.log().into_iter().find_map(|envelope| match envelope.event {
        Event::SourceChanged(changed) => Some((changed.collector.to_string(), changed.change, changed.by)),
        _ => None,
    });
    assert_eq!(told, Some((id, "created".into(), "test".into())), "who made it stands in the log");
}

#[tokio::test]
async fn an_old_key_works_through_the_overlap_also_after_a_restart() {
    let clock = Clock::manual(NOW);
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let house = House::open_in(dir.clone(), clock.clone(), Arc::default()).await;
    let (id, old) = house.source(json!({"name": "shop", "kind": "web"})).await;
    let path = format!("/api/collect/sources/{id}/key");
    let rotated = house.test.post(&path, json!({"overlap_hours": 2})).await.json();
    let new = rotated["write_key"].as_str().unwrap().to_owned();
    assert_eq!(rotated["old_key_until_ms"], NOW.0 + 2 * 3_600_000);
    let house = House::open_in(dir, clock.clone(), house.kill()).await;
    assert_eq!((sent(&house, &old, "a").await, sent(&house, &new, "b").await), (200, 200));
    clock.set(NOW.plus_ms(2 * 3_600_000));
    assert_eq!((sent(&house, &old, "c").await, sent(&house, &new, "d").await), (401, 200));
    let again = house.test.post(&path, json!({})).await.json();
    let newest = again["write_key"].as_str().unwrap();
    assert_eq!(
        (sent(&house, &new, "e").await, sent(&house, newest, "f").await),
        (401, 200),
        "without an overlap at once"
    );
    let long = house.test.post(&path, json!({"overlap_hours": 721})).await;
    assert_eq!((long.status, long.json()["code"].as_str()), (422, Some("bad_overlap")));
}

#[tokio::test]
async fn what_is_counted_is_seen_and_survives() {
    let house = House::open().await;
    let (_, key) = house.source(json!({"name": "shop", "kind": "segment"})).await;
    for id in ["a", "b", "a"] {
        sent(&house, &key, id).await;
    }
    let count = |source: &Value| (source["accepted"].as_i64(), source["duplicates"].as_i64());
    let seen = listed(&house).await.remove(0);
    assert_eq!(count(&seen), (Some(2), Some(1)));
    assert!(seen["last_seen_at_ms"].as_i64() > Some(0));
    // The job writes every five seconds; then another process sees it as well.
    tokio::time::sleep(std::time::Duration::from_millis(5_500)).await;
    let dir = house.dir.clone();
    let house = House::open_in(dir, Clock::system(), house.kill()).await;
    assert_eq!(count(&listed(&house).await[0]), (Some(2), Some(1)));
}

#[tokio::test]
async fn over_the_limit_each_sdk_is_told_in_its_words() {
    let clock = Clock::manual(NOW);
    let house = house(&clock).await;
    let (_, key) = house.source(json!({"name": "small", "kind": "posthog", "events_per_s": 1})).await;
    assert_eq!(sent(&house, &key, "a").await, 200);
    for (edge, path, status) in [("segment", "", 429), ("posthog", "", 429), ("posthog", "/e/", 200), ("ga4", "", 429)]
    {
        let Sent { method, path: own, headers, body } = request(edge, &key, "b");
        let path = if path.is_empty() { own.as_str() } else { path };
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (got, headers, answer) = send(&house.test, method, path, &headers, body).await;
        assert_eq!(got, status, "{edge} {path}: {answer}");
        if status == 429 {
            assert_eq!(
                (headers["retry-after"].to_str().unwrap(), answer["code"].as_str()),
                ("1", Some("too_many_events"))
            );
        } else {
            assert_eq!(answer["quota_limited"][0], "events");
        }
    }
    assert_eq!(house.events().len(), 1);
    clock.set(NOW.plus_ms(1_001));
    assert_eq!(sent(&house, &key, "b").await, 200, "what was turned away was not remembered as taken");
    assert_eq!(listed(&house).await[0]["limited"], 4);
}

#[tokio::test]
async fn a_source_is_changed_switched_off_and_removed() {
    let house = House::open().await;
    let (id, key) = house.source(json!({"name": "shop", "kind": "sensors"})).await;
    let path = format!("/api/collect/sources/{id}");
    let change = |body: Value| house.test.call("*", "PATCH", &path, Some(body));
    let changed = change(json!({"name": "other", "events_per_s": 5, "enabled": false})).await.json();
    assert_eq!((changed["name"].as_str(), changed["events_per_s"].as_i64()), (Some("other"), Some(5)));
    assert_eq!(sent(&house, &key, "a").await, 403);
    change(json!({"enabled": true})).await;
    assert_eq!(sent(&house, &key, "a").await, 200);
    for (body, code) in [
        (json!({"name": " "}), "bad_name"),
        (json!({"events_per_s": 0}), "bad_limit"),
        (json!({"plan": {"mode": "warn", "events": {"": {}}}}), "bad_plan"),
    ] {
        let answer = change(body).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some(code)));
    }
    assert_eq!(house.test.call("*@other", "DELETE", &path, None).await.status, 404);
    assert_eq!(house.test.call("source.read", "DELETE", &path, None).await.status, 403);
    assert_eq!(house.test.call("*", "DELETE", &path, None).await.status, 204);
    assert_eq!(sent(&house, &key, "b").await, 401);
}

#[tokio::test]
async fn browsers_sdks_are_told_where_to_send_and_that_there_is_nothing_else() {
    let house = House::open().await;
    let host = [("host", "collect.example")];
    let (status, headers, answer) = send(&house.test, "GET", "/v1/projects/WK/settings", &host, vec![]).await;
    assert_eq!((status, headers["access-control-allow-origin"].to_str().unwrap()), (200, "*"));
    let expected = json!({"apiKey": "WK", "apiHost": "collect.example/v1", "protocol": "http"});
    assert_eq!(answer["integrations"]["Segment.io"], expected);
    let (status, _, answer) = send(&house.test, "GET", "/sourceConfig/?p=npm&writeKey=WK", &[], vec![]).await;
    assert_eq!((status, &answer["source"]["writeKey"]), (200, &json!("WK")));
    for path in ["/flags", "/flags/?v=2", "/decide/", "/flags/?v=4"] {
        let (status, _, answer) = send(&house.test, "POST", path, &[], b"nonsense".to_vec()).await;
        assert_eq!((status, &answer["flags"], &answer["errorsWhileComputingFlags"]), (200, &json!({}), &json!(false)));
    }
    let (status, _, answer) = send(&house.test, "GET", "/array/WK/config", &[], vec![]).await;
    assert_eq!((status, &answer["sessionRecording"]), (200, &json!(false)));
    for path in ["/array/WK/config.js", "/static/1.0/recorder.js", "/static/array.js"] {
        let (status, headers, _) = send(&house.test, "GET", path, &[], vec![]).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (404, "text/javascript"), "{path}");
    }
}

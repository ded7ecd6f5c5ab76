//! The live debugger, and plans drawn from what arrived.

use crate::house::House;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

struct Watching(Body);

impl Watching {
    async fn new(house: &House, path: &str) -> (u16, Self) {
        let request = Request::builder().uri(path).header("authorization", "Bearer *").body(Body::empty()).unwrap();
        let response = house.test.router().oneshot(request).await.unwrap();
        (response.status().as_u16(), Self(response.into_body()))
    }

    /// Kind and data of the next event; none at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        let frame = self.0.frame().await?.unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        Some((line("event:").to_owned(), serde_json::from_str(line("data:")).unwrap()))
    }
}

async fn send(house: &House, key: &str, items: Value) {
    let answer = house.test.call("", "POST", "/v1/batch", Some(json!({"batch": items, "writeKey": key}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn who_watches_sees_what_is_taken_repeated_and_refused() {
    let house = House::open().await;
    let plan = json!({"mode": "enforce", "events": {"Paid": {}}});
    let (id, key) = house.source(json!({"name": "shop", "kind": "segment", "plan": plan})).await;
    let (other, _) = house.source(json!({"name": "other", "kind": "segment"})).await;
    let paid = |id: &str| json!({"type": "track", "event": "Paid", "messageId": id, "userId": "u1", "properties": {"token": key}});
    send(&house, &key, json!([paid("a")])).await;
    let path = format!("/api/collect/sources/{id}/live");
    let (status, mut watching) = Watching::new(&house, &path).await;
    assert_eq!(status, 200);
    assert_eq!(watching.next().await, Some(("ready".into(), json!({}))));
    send(&house, &key, json!([paid("a"), {"type": "track", "event": "New", "anonymousId": "x"}, 7, paid("b")])).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let (kind, data) = watching.next().await.unwrap();
        assert_eq!(kind, "seen");
        assert!(!data.to_string().contains(&key), "{data}");
        let text = |field: &str| data[field].as_str().unwrap_or("-").to_owned();
        seen.push([text("outcome"), text("name"), text("user_id"), text("anonymous_id"), text("code")].join(" "));
    }
    let expected =
        ["repeat Paid u1 - -", "refused New - x plan_violation", "refused - - - bad_shape", "taken Paid u1 - -"];
    assert_eq!(seen, expected);
    // A watcher of another source sees nothing of it, and a removed source ends the stream.
    let (_, mut elsewhere) = Watching::new(&house, &format!("/api/collect/sources/{other}/live?for_s=0")).await;
    assert_eq!(elsewhere.next().await, Some(("ready".into(), json!({}))));
    assert_eq!(elsewhere.next().await, None);
    house.test.call("*", "DELETE", &format!("/api/collect/sources/{id}"), None).await;
    assert_eq!(watching.next().await, None);
}

#[tokio::test]
async fn who_is_slow_is_told_what_it_missed() {
    let house = House::open().await;
    let (id, key) = house.source(json!({"name": "shop", "kind": "segment"})).await;
    let (_, mut watching) = Watching::new(&house, &format!("/api/collect/sources/{id}/live")).await;
    watching.next().await;
    for part in 0..3 {
        let items: Vec<Value> = (0..100).map(|n| json!({"type": "track", "event": format!("E{part}-{n}")})).collect();
        send(&house, &key, json!(items)).await;
    }
    assert_eq!(watching.next().await, Some(("missed".into(), json!({"count": 44}))));
    assert_eq!(watching.next().await.unwrap().1["name"], "E0-44");
}

#[tokio::test]
async fn what_is_over_the_limit_is_counted() {
    let house = House::open().await;
    let (id, key) = house.source(json!({"name": "shop", "kind": "segment", "events_per_s": 2})).await;
    let (_, mut watching) = Watching::new(&house, &format!("/api/collect/sources/{id}/live")).await;
    watching.next().await;
    let items: Vec<Value> = (0..3).map(|n| json!({"type": "track", "event": format!("E{n}")})).collect();
    let mut limited = 0;
    for _ in 0..5 {
        let call = Some(json!({"batch": items, "writeKey": key}));
        let answer = house.test.call("", "POST", "/v1/batch", call).await;
        limited += if answer.status == 429 { 3 } else { 0 };
    }
    let mut told = 0;
    while told < limited {
        let (kind, data) = watching.next().await.unwrap();
        told += if kind == "limited" { data["count"].as_u64().unwrap() } else { 0 };
    }
    assert!(limited > 0);
    assert_eq!(told, limited);
}

#[tokio::test]
async fn only_who_manages_the_source_watches() {
    let house = House::open().await;
    let (id, _) = house.source(json!({"name": "shop", "kind": "segment"})).await;
    let path = format!("/api/collect/sources/{id}/live?for_s=0");
    for (who, status) in [("", 401), ("source.read", 403), ("*@other", 404), ("source.manage", 200)] {
        assert_eq!(house.test.call(who, "GET", &path, None).await.status, status, "{who}");
    }
}

#[tokio::test]
async fn a_plan_is_drawn_from_what_arrived() {
    let house = House::open().await;
    let (id, key) = house.source(json!({"name": "shop", "kind": "segment"})).await;
    let (_, other) = house.source(json!({"name": "other", "kind": "segment"})).await;
    let paid = |properties: Value| json!([{"type": "track", "event": "Paid", "properties": properties}]);
    send(&house, &key, paid(json!({"price": 1, "by": "wechat"}))).await;
    send(&house, &key, paid(json!({"price": 2.5}))).await;
    send(&house, &other, paid(json!({"price": "x"}))).await;
    let path = format!("/api/collect/sources/{id}/plan/draft");
    let expected = json!({"events": 2, "plan": {"mode": "off", "events": {"Paid": {"properties": {
        "by": {"type": "string", "required": false}, "price": {"type": "number", "required": true}}}}}});
    assert_eq!(house.test.get(&path).await.json(), expected);
    assert_eq!(house.test.call("*@other", "GET", &path, None).await.status, 404);
}

//! Quarantine and tracking plans: what is refused is kept, corrected, replayed, and counted once.

use crate::house::House;
use events::{Clock, Event, Millis};
use serde_json::{Value, json};
use std::sync::Arc;

const NOW: Millis = Millis(1_800_000_000_000);

struct Kept {
    house: House,
    clock: Clock,
    source: String,
    key: String,
}

impl Kept {
    async fn new(mode: &str) -> Self {
        let clock = Clock::manual(NOW);
        let house = House::open_in(Arc::new(tempfile::tempdir().unwrap()), clock.clone(), Arc::default()).await;
        let plan =
            json!({"mode": mode, "events": {"Paid": {"properties": {"price": {"type": "number", "required": true}}}}});
        let (source, key) = house.source(json!({"name": "shop", "kind": "segment", "plan": plan})).await;
        Self { house, clock, source, key }
    }

    async fn send(&self, items: Value) -> Value {
        let body = json!({"batch": items, "writeKey": self.key, "sentAt": "2027-01-15T08:00:00Z"});
        let answer = self.house.test.call("", "POST", "/v1/batch", Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn list(&self) -> Vec<Value> {
        let path = format!("/api/collect/sources/{}/quarantine", self.source);
        self.house.test.get(&path).await.json()["items"].as_array().unwrap().clone()
    }

    async fn ask(&self, method: &str, id: &Value, what: &str, body: Option<Value>) -> (u16, Value) {
        let path = format!("/api/collect/quarantine/{}{what}", id.as_str().unwrap());
        let answer = self.house.test.call("*", method, &path, body).await;
        (answer.status, answer.json())
    }
}

fn paid(id: &str, price: Value) -> Value {
    json!({"type": "track", "event": "Paid", "messageId": id, "userId": "u", "timestamp": "2027-01-15T07:59:50Z",
        "properties": {"price": price}})
}

#[tokio::test]
async fn what_is_against_the_plan_is_corrected_and_replayed_once() {
    let kept = Kept::new("enforce").await;
    let items = json!([paid("a", json!(1)), paid("b", json!("2")), {"type": "track", "event": "Unplanned"}, 7]);
    let answer = kept.send(items.clone()).await;
    assert_eq!((answer["accepted"].as_i64(), answer["rejected"].as_array().unwrap().len()), (Some(1), 3), "{answer}");
    // The client sends it again: it is not kept twice.
    kept.send(items).await;
    let list = kept.list().await;
    let codes: Vec<_> = list.iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["bad_shape", "plan_violation", "plan_violation"]);
    let wrong = &list[2];
    assert_eq!(wrong["reason"], "against the tracking plan: `price` is no number");

    kept.clock.set(NOW.plus_ms(3_600_000));
    let (status, still) = kept.ask("POST", &wrong["id"], "/replay", None).await;
    assert_eq!((status, still["code"].as_str()), (422, Some("plan_violation")));
    let (status, _) = kept.ask("PATCH", &wrong["id"], "", Some(json!({"item": 7}))).await;
    assert_eq!(status, 422);
    let (status, edited) = kept.ask("PATCH", &wrong["id"], "", Some(json!({"item": paid("b", json!(2))}))).await;
    assert_eq!((status, edited["edited_at_ms"].as_i64()), (200, Some(NOW.0 + 3_600_000)));
    for expected in [json!({"accepted": 1, "duplicates": 0}), json!({"accepted": 0, "duplicates": 1})] {
        assert_eq!(kept.ask("POST", &wrong["id"], "/replay", None).await, (200, expected));
    }
    let (status, late) = kept.ask("PATCH", &wrong["id"], "", Some(json!({"item": paid("c", json!(2))}))).await;
    assert_eq!((status, late["code"].as_str()), (409, Some("already_replayed")));
    let log = kept.house.events();
    assert_eq!(log.len(), 2);
    assert_eq!((log[1].key.as_deref(), log[1].occurred_at), (Some("b"), NOW.plus_ms(-10_000)), "it keeps its time");
    let source = kept.house.test.get("/api/collect/sources").await.json()["items"][0].clone();
    assert_eq!((source["accepted"].as_i64(), source["rejected"].as_i64()), (Some(2), Some(6)));
}

#[tokio::test]
async fn a_warning_is_written_on_the_event() {
    let kept = Kept::new("warn").await;
    assert_eq!(kept.send(json!([paid("a", json!("1")), paid("b", json!(1))])).await["accepted"], 2);
    let said = kept.house.events().into_iter().map(|envelope| match envelope.event {
        Event::Tracked(tracked) => tracked.context.get("violations").cloned(),
        other => panic!("{other:?}"),
    });
    assert_eq!(said.collect::<Vec<_>>(), [Some(json!(["`price` is no number"])), None]);
    assert_eq!(kept.list().await.len(), 0);
}

#[tokio::test]
async fn what_is_too_long_is_cut_and_only_looked_at() {
    let kept = Kept::new("off").await;
    let long = |letters: usize| json!({"type": "track", "event": "A", "properties": {"x": "长".repeat(letters)}});
    kept.send(json!([long(12_000), long(30_000)])).await;
    let list = kept.list().await;
    assert_eq!((list[0]["cut"].as_bool(), list[1]["cut"].as_bool()), (Some(true), Some(false)));
    assert_eq!(list[0]["code"], "too_large");
    let (status, answer) = kept.ask("POST", &list[0]["id"], "/replay", None).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("item_cut")));
    let (_, corrected) = kept.ask("PATCH", &list[0]["id"], "", Some(json!({"item": long(1)}))).await;
    assert_eq!(corrected["cut"], false);
    for accepted in [1, 0] {
        let (status, answer) = kept.ask("POST", &list[0]["id"], "/replay", None).await;
        assert_eq!((status, answer["accepted"].as_i64()), (200, Some(accepted)));
    }
}

#[tokio::test]
async fn a_request_of_nonsense_keeps_a_hundred_and_a_week_ends_it() {
    let kept = Kept::new("off").await;
    let nonsense: Vec<Value> = (0..5_000).map(|n| json!(n)).collect();
    let answer = kept.send(nonsense.into()).await;
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 1_000, "an answer names a thousand");
    assert_eq!(kept.list().await.len(), 100);
    let after = kept.list().await[9]["id"].clone();
    let path = format!("/api/collect/sources/{}/quarantine?after={}", kept.source, after.as_str().unwrap());
    assert_eq!(kept.house.test.get(&path).await.json()["items"].as_array().unwrap().len(), 90);
    kept.clock.set(NOW.plus_ms(7 * 24 * 3_600_000 + 1));
    for _ in 0..200 {
        if kept.list().await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a week old and still there");
}

#[tokio::test]
async fn all_of_a_reason_are_replayed_and_the_rest_is_forgotten() {
    let kept = Kept::new("enforce").await;
    let mut items: Vec<Value> = (0..100).map(|n| paid(&format!("p{n}"), json!("1"))).collect();
    items.extend([json!({"type": "track", "event": "Unplanned", "messageId": "u"}), json!(7), json!(8)]);
    // A request keeps a hundred.
    for part in items.chunks(52) {
        kept.send(json!(part)).await;
        kept.clock.set(Millis(kept.clock.now().0 + 1_000));
    }
    let source = format!("/api/collect/sources/{}", kept.source);
    let planned = json!({"plan": {"mode": "enforce", "events": {"Paid": {}}}});
    assert_eq!(kept.house.test.call("*", "PATCH", &source, Some(planned)).await.status, 200);
    let path = format!("{source}/quarantine/replay");
    let first = kept.house.test.post(&path, json!({"code": "plan_violation"})).await.json();
    assert_eq!((first["accepted"].as_i64(), first["refused"].as_i64()), (Some(99), Some(1)));
    let rest = kept.house.test.post(&path, json!({"code": "plan_violation", "after": first["next"]})).await.json();
    assert_eq!(rest, json!({"accepted": 1, "duplicates": 0, "refused": 0}));
    let waiting = kept.house.test.get(&format!("{source}/quarantine?waiting=true")).await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 3);
    let shapes = kept.house.test.get(&format!("{source}/quarantine?code=bad_shape")).await.json();
    let one = shapes["items"][0]["id"].as_str().unwrap();
    let item = format!("/api/collect/quarantine/{one}");
    assert_eq!(kept.house.test.call("source.read", "DELETE", &item, None).await.status, 403);
    assert_eq!(kept.house.test.call("*@other", "DELETE", &item, None).await.status, 404);
    assert_eq!(kept.house.test.call("*", "DELETE", &item, None).await.status, 204);
    for (code, forgotten) in [("?code=bad_shape", 1), ("", 101)] {
        let answer = kept.house.test.call("*", "DELETE", &format!("{source}/quarantine{code}"), None).await;
        assert_eq!(answer.json(), json!({"forgotten": forgotten}));
    }
    assert_eq!(kept.house.events().len(), 100);
}

#[tokio::test]
async fn a_key_in_an_event_is_not_kept() {
    let kept = Kept::new("enforce").await;
    kept.send(json!([{"type": "track", "event": "Unplanned", "properties": {"token": kept.key}}])).await;
    let item = kept.list().await.remove(0);
    assert!(item["item"].as_str().unwrap().contains(r#""token":"kbw_…""#), "{item}");
}

#[tokio::test]
async fn others_see_and_replay_nothing() {
    let kept = Kept::new("off").await;
    kept.send(json!([7])).await;
    let item = kept.list().await[0]["id"].as_str().unwrap().to_owned();
    let list = format!("/api/collect/sources/{}/quarantine", kept.source);
    let replay = format!("/api/collect/quarantine/{item}/replay");
    assert_eq!(kept.house.test.call("*@other", "GET", &list, None).await.status, 404);
    assert_eq!(kept.house.test.call("*@other", "POST", &replay, None).await.status, 404);
    assert_eq!(kept.house.test.call("source.read", "POST", &replay, None).await.status, 403);
    assert_eq!(kept.house.test.call("", "GET", &list, None).await.status, 401);
}

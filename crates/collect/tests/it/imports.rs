//! Imports: opening, resending, completing, and what a restart remembers.

use crate::house::House;
use events::{Clock, Event, Millis, Source, ViewerKind};
use serde_json::{Value, json};
use std::sync::Arc;

fn enter(id: i64) -> Value {
    json!({"id": id, "occurred_at": 1_640_693_582_000_i64 + id, "kind": "enter", "user": format!("u{id}")})
}

async fn import(house: &House, who: &str, body: Value) -> (u16, Value) {
    let answer = house.test.call(who, "POST", &format!("/api/rooms/{}/imports", house.room), Some(body)).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn rows_keep_their_times_and_ids() {
    let house = House::open().await;
    let rows = json!([
        {"id": 1, "occurred_at": 1_640_693_582_000_i64, "kind": "enter", "user": "u1", "fan_level": 3},
        {"id": "2", "occurred_at": 1_640_693_583_000_i64, "kind": "gift", "user": "u1", "gift": "铃铛", "num": 2, "price_milli": 1000, "coin_type": "gold"},
        {"id": "3", "occurred_at": 1_640_693_584_000_i64, "kind": "danmaku", "user": "名字", "text": "嚯", "mode": 5, "offset_ms": -20},
        {"id": "4", "occurred_at": 1_640_693_585_000_i64, "kind": "like", "num": 7},
    ]);
    let (status, answer) =
        import(&house, "import.write", json!({"platform": "bilibili", "title": "Launch", "rows": rows})).await;
    assert_eq!(
        (status, answer["accepted"].as_u64(), answer["duplicates"].as_u64()),
        (200, Some(4), Some(0)),
        "{answer}"
    );
    let log = house.log();
    assert!(
        matches!(&log[0].event, Event::BroadcastStarted(started) if started.platform.as_deref() == Some("bilibili")),
        "first"
    );
    assert_eq!(log[0].occurred_at, Millis(1_640_693_582_000), "by the earliest row");
    assert_eq!(answer["last_position"], log.len());
    for (envelope, id) in log[1..].iter().zip(["1", "2", "3", "4"]) {
        assert_eq!(
            (envelope.source, envelope.key.as_deref(), envelope.room),
            (Source::Import, Some(id), Some(house.room))
        );
        assert_eq!(envelope.broadcast.unwrap().to_string(), answer["broadcast_id"]);
        assert!(envelope.received_at > envelope.occurred_at);
    }
    assert!(
        matches!(&log[1].event, Event::ViewerEntered(entered) if entered.kind == ViewerKind::Imported && entered.fan_level == Some(3))
    );
    assert!(matches!(&log[2].event, Event::GiftSent(gift) if gift.num == 2 && gift.price_milli == 1_000));
    let name = log[3].viewer.as_ref().unwrap().as_str();
    assert!(name.starts_with('i') && name.len() == 33, "a name becomes a pseudonym: {name}");
    assert!(
        matches!(&log[3].event, Event::DanmakuSent(danmaku) if danmaku.offset_ms == Some(-20) && danmaku.mode == 5)
    );
    assert!(matches!(&log[4].event, Event::LikesSent(likes) if likes.count == 7));
}

#[tokio::test]
async fn a_call_may_be_sent_again_also_after_a_kill() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let mut desk = Arc::default();
    let mut broadcast = None;
    for start in 0..3 {
        let house = House::open_in(dir.clone(), Clock::system(), desk).await;
        let rows: Vec<Value> = (0..100).map(enter).collect();
        let (status, answer) = import(&house, "*", json!({"import_key": "k", "rows": rows})).await;
        assert_eq!(
            (status, answer["accepted"].as_u64()),
            (200, Some(if start == 0 { 100 } else { 0 })),
            "start {start}"
        );
        assert_eq!(answer["duplicates"], if start == 0 { 0 } else { 100 });
        assert_eq!(
            *broadcast.get_or_insert(answer["broadcast_id"].clone()),
            answer["broadcast_id"],
            "the key finds the same import"
        );
        let more: Vec<Value> = (start * 10..start * 10 + 110).map(enter).collect();
        let (_, answer) = import(&house, "*", json!({"broadcast_id": answer["broadcast_id"], "rows": more})).await;
        assert_eq!(answer["accepted"], 10);
        assert_eq!(house.counts()["ViewerEntered"], 100 + 10 * (start as usize + 1));
        assert_eq!(house.counts()["BroadcastStarted"], 1);
        desk = house.kill();
    }
}

#[tokio::test]
async fn a_complete_import_takes_repeats_only() {
    let house = House::open().await;
    let (_, answer) = import(&house, "*", json!({"rows": [enter(1), enter(2)], "complete": true})).await;
    assert_eq!(answer["complete"], true);
    let broadcast = &answer["broadcast_id"];
    house.test.app.store.relayed().await.unwrap();
    let log = house.log();
    assert!(matches!(&log.last().unwrap().event, Event::BroadcastEnded(_)));
    assert_eq!(log.last().unwrap().occurred_at, Millis(1_640_693_582_002));
    let (status, again) =
        import(&house, "*", json!({"broadcast_id": broadcast, "rows": [enter(1), enter(2)], "complete": true})).await;
    assert_eq!((status, again["duplicates"].as_u64()), (200, Some(2)));
    let (status, late) = import(&house, "*", json!({"broadcast_id": broadcast, "rows": [enter(3)]})).await;
    assert_eq!((status, late["code"].as_str()), (409, Some("import_complete")));
    house.test.app.store.relayed().await.unwrap();
    assert_eq!(house.counts()["BroadcastEnded"], 1);
}

#[tokio::test]
async fn bad_rows_are_reported_one_by_one() {
    let house = House::open().await;
    let bad = [
        json!({"id": "a", "occurred_at": 1_640_693_582_000_i64, "kind": "enter"}),
        json!({"id": "b", "kind": "share"}),
        json!({"id": "c", "occurred_at": 5, "kind": "share"}),
        json!({"id": "d", "occurred_at": 1_640_693_582_000_i64, "kind": "teleport"}),
        json!({"id": "", "occurred_at": 1_640_693_582_000_i64, "kind": "share"}),
        json!({"id": "e", "occurred_at": 1_640_693_582_000_i64, "kind": "gift", "gift": "x", "num": -1, "price_milli": 1, "coin": "gold"}),
        json!({"id": "f", "occurred_at": 1_640_693_582_000_i64, "kind": "danmaku"}),
        json!("nonsense"),
    ];
    let mut rows = bad.to_vec();
    rows.insert(3, enter(1));
    let (status, answer) = import(&house, "*", json!({"rows": rows})).await;
    assert_eq!((status, answer["accepted"].as_u64()), (200, Some(1)), "{answer}");
    let places: Vec<_> =
        answer["rejected"].as_array().unwrap().iter().map(|row| row["index"].as_u64().unwrap()).collect();
    assert_eq!(places, [0, 1, 2, 4, 5, 6, 7, 8]);
    assert_eq!(answer["rejected"][0]["id"], "a");
}

#[tokio::test]
async fn who_may_import_and_how_much() {
    let house = House::open().await;
    assert_eq!(import(&house, "", json!({})).await.0, 401);
    assert_eq!(import(&house, "room.read", json!({})).await.0, 403);
    let (_, answer) = import(&house, "*", json!({"rows": []})).await;
    let (status, other) = import(&house, "*@other", json!({"broadcast_id": answer["broadcast_id"]})).await;
    assert_eq!((status, other["code"].as_str()), (404, Some("import_not_found")));
    let nowhere = house.test.post(&format!("/api/rooms/{}/imports", events::RoomId::new()), json!({})).await;
    assert_eq!((nowhere.status, nowhere.json()["code"].as_str()), (404, Some("room_not_found")));
    let (status, many) = import(&house, "*", json!({"rows": (0..5_001).map(enter).collect::<Vec<_>>()})).await;
    assert_eq!((status, many["code"].as_str()), (413, Some("too_many_rows")));
    let (status, big) = import(&house, "*", json!({"title": "x".repeat(4 << 20)})).await;
    assert_eq!((status, big["code"].as_str()), (413, Some("too_large")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_rows_from_two_sides_count_once() {
    let house = Arc::new(House::open().await);
    let (_, answer) = import(&house, "*", json!({"rows": []})).await;
    let rows: Vec<Value> = (0..500).map(enter).collect();
    let body = json!({"broadcast_id": answer["broadcast_id"], "rows": rows});
    let calls = (0..4).map(|_| {
        let (house, body) = (house.clone(), body.clone());
        tokio::spawn(async move { import(&house, "*", body).await.1["accepted"].as_u64().unwrap() })
    });
    let accepted: u64 = futures_util::future::join_all(calls).await.into_iter().map(Result::unwrap).sum();
    assert_eq!((accepted, house.counts()["ViewerEntered"]), (500, 500));
}

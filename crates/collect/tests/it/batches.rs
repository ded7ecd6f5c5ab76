//! `/v1/batch` as SDKs use it.

use crate::{house::House, http_raw::send};
use events::{Clock, Event, Millis, Source};
use serde_json::{Value, json};
use std::{io::Write, sync::Arc};

type Headers<'a> = &'a [(&'a str, &'a str)];

const KEY: (&str, &str) = ("authorization", "Bearer collect.write");

fn track(id: &str) -> Value {
    json!({"type": "track", "event": "Clicked", "messageId": id, "userId": "u"})
}

fn batch(items: Vec<Value>) -> Vec<u8> {
    json!({"batch": items}).to_string().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_batch_is_on_disk_when_it_is_answered() {
    let house = House::open().await;
    let (status, headers, body) =
        send(&house.test, "POST", "/v1/batch", &[KEY], batch(vec![track("a"), track("b"), track("a")])).await;
    assert_eq!((status, body), (200, json!({"success": true, "accepted": 2, "duplicates": 1})));
    assert_eq!(headers["access-control-allow-origin"], "*");
    let log = house.opened().await;
    assert_eq!(log.len(), 2);
    assert_eq!(
        (log[0].source, log[0].key.as_deref(), log[0].org, log[0].team),
        (Source::Collect, Some("a"), house.test.org, Some(house.test.team))
    );
    assert!(
        matches!(&log[0].event, Event::Tracked(tracked) if tracked.name == "Clicked" && tracked.user_id.as_deref() == Some("u"))
    );
}

#[tokio::test]
async fn every_way_to_send_is_understood() {
    let house = House::open().await;
    let plain = batch(vec![track("x")]);
    let zipped = gzip(&plain);
    // `collect.write:` in base64.
    let basic = ("authorization", "Basic Y29sbGVjdC53cml0ZTo=");
    let text = ("content-type", "text/plain");
    let encoding = ("content-encoding", "gzip");
    let keyed = json!({"batch": [track("x")], "writeKey": "collect.write"}).to_string().into_bytes();
    let ways: [(Headers, &[u8]); 6] = [
        (&[KEY], &plain),
        (&[basic, text], &plain),
        (&[basic, encoding], &zipped),
        (&[basic, text], &zipped),
        (&[], &keyed),
        (&[text], &gzip(&keyed)),
    ];
    for (place, (headers, body)) in ways.into_iter().enumerate() {
        let (status, _, answer) = send(&house.test, "POST", "/v1/batch", headers, body.to_vec()).await;
        assert_eq!((status, answer["accepted"].as_u64()), (200, Some(u64::from(place == 0))), "{place}: {answer}");
    }
    for (path, body) in [
        ("/v1/track", track("t1")),
        ("/v1/t", track("t2")),
        ("/v1/i", json!({"userId": "u", "traits": {}})),
        ("/v1/page", json!({"name": "Home", "writeKey": "other"})),
        ("/v1/s", json!({})),
        ("/v1/group", json!({"groupId": "g"})),
        ("/v1/a", json!({"previousId": "p"})),
    ] {
        let (status, _, answer) = send(&house.test, "POST", path, &[basic], body.to_string().into_bytes()).await;
        assert_eq!((status, answer["accepted"].as_u64()), (200, Some(1)), "{path}: {answer}");
    }
    assert_eq!(send(&house.test, "POST", "/v1/teleport", &[basic], b"{}".to_vec()).await.0, 404);
    assert_eq!(send(&house.test, "POST", "/v1/track", &[basic], b"{}".to_vec()).await.0, 400);
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let house = House::open().await;
    for path in ["/v1/batch", "/v1/t"] {
        let asked = [
            ("origin", "https://shop.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "anonymousid,authorization"),
        ];
        let (status, headers, _) = send(&house.test, "OPTIONS", path, &asked, Vec::new()).await;
        assert_eq!(status, 204);
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["access-control-allow-headers"], "anonymousid,authorization");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_and_kept_out() {
    let house = House::open().await;
    let good = batch(vec![track("a")]);
    let cases: [(Headers, Vec<u8>, u16, &str); 8] = [
        (&[], good.clone(), 401, "unauthenticated"),
        (&[("authorization", "Basic !!!")], good.clone(), 401, "unauthenticated"),
        (&[("authorization", "Bearer metrics.read")], good.clone(), 403, "forbidden"),
        (&[KEY], b"{\"batch\":[".to_vec(), 400, "bad_request"),
        (&[KEY], b"[]".to_vec(), 400, "bad_request"),
        (&[KEY], vec![b' '; 500_001], 400, "too_large"),
        (&[KEY], gzip(&vec![b' '; 200 << 20]), 400, "too_large"),
        (&[KEY], b"\x1f\x8bnot gzip".to_vec(), 400, "bad_request"),
    ];
    for (headers, body, status, code) in cases {
        let (got, headers, answer) = send(&house.test, "POST", "/v1/batch", headers, body).await;
        assert_eq!((got, answer["code"].as_str()), (status, Some(code)), "{answer}");
        assert_eq!(headers["access-control-allow-origin"], "*", "a browser may read why");
    }
    assert_eq!(house.log().len(), 0);

    let big = json!({"type": "track", "event": "Big", "properties": {"x": "x".repeat(33_000)}});
    let (status, _, answer) =
        send(&house.test, "POST", "/v1/batch", &[KEY], batch(vec![big, track("a"), json!({"type": "no"})])).await;
    assert_eq!((status, answer["accepted"].as_u64()), (200, Some(1)));
    let places: Vec<_> =
        answer["rejected"].as_array().unwrap().iter().map(|rejected| rejected["index"].as_u64().unwrap()).collect();
    assert_eq!(places, [0, 2]);
}

#[tokio::test]
async fn a_message_counts_once_across_kills_and_again_after_a_day() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let now = Millis(1_800_000_000_000);
    let clock = Clock::manual(now);
    let mut desk = Arc::default();
    let ids: Vec<Value> = (0..50).map(|id| track(&id.to_string())).collect();
    for start in 0..3 {
        clock.set(now.plus_ms(start * 3_600_000));
        let house = House::open_in(dir.clone(), clock.clone(), desk).await;
        let (_, _, answer) = send(&house.test, "POST", "/v1/batch", &[KEY], batch(ids.clone())).await;
        let expected = if start == 0 { (50, 0) } else { (0, 50) };
        assert_eq!(
            (answer["accepted"].as_i64().unwrap(), answer["duplicates"].as_i64().unwrap()),
            expected,
            "start {start}"
        );
        desk = house.kill();
    }
    clock.set(now.plus_ms(24 * 3_600_000 + 1));
    let house = House::open_in(dir, clock, desk).await;
    let (_, _, answer) = send(&house.test, "POST", "/v1/batch", &[KEY], batch(ids)).await;
    assert_eq!(answer["accepted"], 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_message_from_many_sides_counts_once() {
    let house = Arc::new(House::open().await);
    let senders = (0..16).map(|sender: usize| {
        let house = house.clone();
        tokio::spawn(async move {
            let mut accepted = 0;
            for round in 0..10 {
                // Everybody sends the same 20 ids, in another order.
                let mut items: Vec<Value> = (0..20).map(|id| track(&format!("{round}-{id}"))).collect();
                items.rotate_left(sender % 20);
                let (status, _, answer) = send(&house.test, "POST", "/v1/batch", &[KEY], batch(items)).await;
                assert_eq!(
                    (status, answer["accepted"].as_u64().unwrap() + answer["duplicates"].as_u64().unwrap()),
                    (200, 20)
                );
                // Acknowledged, its own or somebody else's, means on disk.
                let known = house
                    .log()
                    .iter()
                    .filter(|event| event.key.as_ref().unwrap().starts_with(&format!("{round}-")))
                    .count();
                assert_eq!(known, 20);
                accepted += answer["accepted"].as_u64().unwrap();
            }
            accepted
        })
    });
    let accepted: u64 = futures_util::future::join_all(senders).await.into_iter().map(Result::unwrap).sum();
    assert_eq!((accepted, house.log().len()), (200, 200));
}

//! What being in the list of edges promises: nothing a client sends is answered with a 5xx, gzip is known by its first bytes, what is
//! sent again counts once, and who, when and where from are read alike.

use crate::{
    house::House,
    http_raw::send,
    requests::{Sent, gzip, request},
};
use collect::edges::{Edge, LIST};
use events::{Clock, Event, Millis, Source};
use std::sync::Arc;

/// 2027-01-15T08:00:00Z
const NOW: Millis = Millis(1_800_000_000_000);

async fn house() -> (House, String) {
    let house = House::open_in(Arc::new(tempfile::tempdir().unwrap()), Clock::manual(NOW), Arc::default()).await;
    let (_, key) = house.source(serde_json::json!({"name": "any", "kind": "web"})).await;
    (house, key)
}

async fn status(house: &House, sent: &Sent) -> u16 {
    let headers: Vec<(&str, &str)> = sent.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, answer, body) = send(&house.test, sent.method, &sent.path, &headers, sent.body.clone()).await;
    assert!(status < 500, "{} {}: {status} {body}", sent.method, sent.path);
    assert_eq!(answer["access-control-allow-origin"], "*", "{} {}: a browser may read why", sent.method, sent.path);
    status
}

#[tokio::test]
async fn an_event_of_every_edge_is_the_same_event() {
    for edge in LIST {
        let (house, key) = house().await;
        let sent = request(edge.name, &key, "m1");
        assert!((200..300).contains(&status(&house, &sent).await), "{}", edge.name);
        let log = house.opened().await;
        assert_eq!(log.len(), 1, "{}", edge.name);
        let Event::Tracked(tracked) = &log[0].event else { panic!("{}: {:?}", edge.name, log[0].event) };
        assert_eq!((log[0].source, log[0].team), (Source::Collect, Some(house.test.team)), "{}", edge.name);
        assert_eq!((tracked.call.as_str(), tracked.name.as_str()), ("track", "OrderPaid"), "{}", edge.name);
        assert_eq!(tracked.user_id.as_deref(), Some("u1"), "{}", edge.name);
        assert_eq!(tracked.properties["price"], 19.9, "{}", edge.name);
        assert_eq!(tracked.context["campaign"]["source"], "douyin", "{}", edge.name);
        assert!(tracked.context.contains_key("library") && tracked.context.contains_key("collector"), "{}", edge.name);
        assert!(!tracked.properties.contains_key("$bot"), "{}", edge.name);
        // Whoever says when they sent it said both times by a clock that is an hour fast.
        assert_eq!(log[0].occurred_at, NOW.plus_ms(-10_000), "{}", edge.name);
    }
}

#[tokio::test]
async fn sent_again_counts_once_and_another_counts_too() {
    for edge in LIST {
        let (house, key) = house().await;
        for id in ["m1", "m1", "m2", "m1"] {
            status(&house, &request(edge.name, &key, id)).await;
        }
        assert_eq!(house.events().len(), 2, "{}", edge.name);
    }
}

#[tokio::test]
async fn gzip_is_known_by_its_first_bytes() {
    for edge in LIST {
        let (house, key) = house().await;
        let mut sent = request(edge.name, &key, "m1");
        sent.body = gzip(&sent.body);
        status(&house, &sent).await;
        sent.headers.push(("content-encoding", "gzip".into()));
        status(&house, &sent).await;
        let mut plain = request(edge.name, &key, "m1");
        plain.headers.push(("content-encoding", "gzip".into()));
        status(&house, &plain).await;
        assert_eq!(house.events().len(), 1, "{}", edge.name);
    }
}

#[tokio::test]
async fn a_program_is_marked_and_taken() {
    for edge in LIST {
        let (house, key) = house().await;
        let mut sent = request(edge.name, &key, "m1");
        sent.headers.push(("user-agent", "Mozilla/5.0 (X11) HeadlessChrome/156.0.0.0".into()));
        status(&house, &sent).await;
        let log = house.events();
        let Event::Tracked(tracked) = &log[0].event else { panic!("{}", edge.name) };
        assert_eq!(tracked.properties["$bot"], true, "{}", edge.name);
    }
}

fn hostile(edge: &Edge) -> Vec<Vec<u8>> {
    let deep = |open: &str| open.repeat(50_000).into_bytes();
    vec![
        b"".to_vec(),
        b"null".to_vec(),
        b"7".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"{\"batch\":7}".to_vec(),
        b"{\"batch\":[7,null,[],{}]}".to_vec(),
        b"[7,null,[],{}]".to_vec(),
        b"{\"events\":[7,null,[],{}]}".to_vec(),
        b"{\"events\":{}}".to_vec(),
        b"{\"batch\":[{\"type\":\"track\",\"event\":{},\"properties\":7,\"timestamp\":1e400}]}".to_vec(),
        deep("["),
        deep("{\"a\":"),
        b"data=%%%".to_vec(),
        b"data=AAAA".to_vec(),
        b"data=!!!!&gzip=1".to_vec(),
        b"data_list=bm8%3D&ext=crc%3D1".to_vec(),
        b"\x1f\x8bnot gzip".to_vec(),
        b"\xff\xfe\x00\x00".to_vec(),
        gzip(b"\xff\xfe"),
        vec![b' '; edge.most_bytes + 1],
        gzip(&vec![b' '; edge.most_bytes * 3]),
    ]
}

#[tokio::test]
async fn nothing_hostile_is_answered_with_a_5xx_or_taken() {
    for edge in LIST {
        let (house, key) = house().await;
        for body in hostile(edge) {
            let good = request(edge.name, &key, "m1");
            let head: Vec<u8> = body.iter().copied().take(40).collect();
            let large = body.len() > edge.most_bytes;
            let answered = status(&house, &Sent { body, ..good }).await;
            if large {
                assert_eq!(answered, edge.too_large, "{}", edge.name);
            }
            assert_eq!(house.events().len(), 0, "{}: {:?}", edge.name, String::from_utf8_lossy(&head));
        }
    }
}

#[tokio::test]
async fn every_path_answers_every_method_and_a_preflight() {
    let (house, key) = house().await;
    for edge in LIST {
        for path in edge.paths {
            let path = path.replace("{key}", &key);
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
                let sent = Sent { method, path: path.clone(), headers: vec![], body: vec![] };
                status(&house, &sent).await;
            }
            let asked = [("origin", "https://shop.example"), ("access-control-request-headers", "x-own")];
            let (status, headers, _) = send(&house.test, "OPTIONS", &path, &asked, vec![]).await;
            assert_eq!((status, headers["access-control-allow-headers"].to_str().unwrap()), (204, "x-own"), "{path}");
        }
    }
    assert_eq!(house.events().len(), 0);
}

#[tokio::test]
async fn an_unknown_key_is_told_so() {
    let (house, _) = house().await;
    for edge in LIST {
        for key in ["kbw_made-up", ""] {
            assert_eq!(status(&house, &request(edge.name, key, "m1")).await, 401, "{} with `{key}`", edge.name);
        }
    }
}

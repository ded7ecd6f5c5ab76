//! A room that is cut from traffic, or was not safe lately, comes behind others; and nobody hears of private ones.

use crate::house::{House, client};
use events::{BroadcastId, RoomId};
use reqwest::header;
use serde_json::{Value, json};
use std::time::Duration;

/// A public room with a show on air, put where they are kept.
async fn on_air(house: &House, title: &str) -> String {
    let (org, team) = house.running.home().await.expect("the first team");
    let (room, show) = (RoomId::new().to_string(), BroadcastId::new());
    let sql = format!(
        "INSERT INTO room_rooms (id, org_id, team_id, title, private, stream_key_hash, created_at_ms) \
         VALUES ('{room}', '{org}', '{team}', '{title}', FALSE, '{room}', 1790000000000); \
         INSERT INTO room_broadcasts (id, room_id, org_id, team_id, title, source, state, started_at_ms, \
         first_position, created_at_ms) VALUES ('{show}', '{room}', '{org}', '{team}', '{title}', 'stream', 'live', \
         1790000000000, 1, 1790000000000)"
    );
    house.put(&sql).await;
    room
}

async fn listed(house: &House, query: &str) -> Vec<String> {
    let (status, text) = house.call(None, "GET", &format!("/api/public/shows{query}"), None).await;
    assert_eq!(status, 200, "{text}");
    let shows: Value = serde_json::from_str(&text).expect("shows");
    let rooms = shows["items"].as_array().expect("a list").iter();
    rooms.map(|show| show["room_id"].as_str().expect("an id").to_owned()).collect()
}

/// Lists and scores are some seconds old.
async fn until_listed(house: &House, query: &str, wanted: &[&String]) {
    for _ in 0..3_000 {
        if listed(house, query).await.iter().eq(wanted.iter().copied()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{wanted:?} never was what is listed: {:?}", listed(house, query).await);
}

async fn reaches(house: &House, room: &str, milli: u32) -> Value {
    let path = format!("/api/rooms/{room}/reach");
    for _ in 0..3_000 {
        let reach = house.read(&path).await;
        if reach["reach_milli"] == milli {
            return reach;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never was {milli}: {}", house.read(&path).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_and_a_low_score_move_a_room_behind_others() {
    let house = House::start().await;
    let mut rooms = [on_air(&house, "甲").await, on_air(&house, "乙").await];
    rooms.sort();
    let [first, second] = rooms;
    // Nobody watches either: the older id first, and no private show.
    until_listed(&house, "", &[&first, &second]).await;
    reaches(&house, &first, 1_000).await;
    let cut = json!({"room": first, "clause": "fraud", "kind": "cut_traffic", "why": "虚假宣传"});
    let sanction = house.made("/api/moderation/sanctions", cut).await;
    until_listed(&house, "", &[&second, &first]).await;
    // A tenth, and what the sanction takes from the score.
    let reach = reaches(&house, &first, 70).await;
    let told = |at: usize| (reach["reasons"][at]["reason"].clone(), reach["reasons"][at]["milli"].clone());
    assert_eq!((told(0), told(1)), ((json!("score"), json!(700)), (json!("cut"), json!(100))), "{reach}");
    assert_eq!(reach["reasons"][1]["until_ms"], sanction["until_ms"], "{reach}");
    reaches(&house, &second, 1_000).await;
    until_listed(&house, &format!("?beside={second}"), &[&first]).await;
    until_listed(&house, "?limit=1", &[&second]).await;

    let lift = format!("/api/moderation/sanctions/{}/lift", sanction["id"].as_str().expect("an id"));
    house.made(&lift, json!({"why": "整改完成"})).await;
    reaches(&house, &first, 700).await;
    assert_eq!(listed(&house, "").await, [second.clone(), first.clone()], "the score is lower all the same");

    let ask = async |known: Option<&str>| {
        let request = client().get(format!("http://{}/api/public/shows", house.running.http));
        let request = if let Some(known) = known { request.header(header::IF_NONE_MATCH, known) } else { request };
        request.send().await.expect("an answer")
    };
    let answer = ask(None).await;
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=1");
    let tag = answer.headers()[header::ETAG].to_str().expect("a tag").to_owned();
    assert_eq!(ask(Some(&tag)).await.status(), 304);
    assert_eq!(ask(Some("\"another\"")).await.status(), 200);
    let unknown = format!("/api/public/shows?beside={}", RoomId::new());
    assert_eq!(house.call(None, "GET", &unknown, None).await.0, 404);
}

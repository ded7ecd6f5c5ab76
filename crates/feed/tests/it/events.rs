//! Events by the page and as a stream.

use crate::house::{House, settings};
use app::testing::Answer;
use events::TeamId;
use feed::FeedSettings;
use serde_json::{Value, json};
use std::time::Duration;

fn titles(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.json();
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["data"]["title"].as_str().unwrap_or("?")).collect::<Vec<_>>().join(" ")
}

fn next(answer: &Answer) -> String {
    answer.json()["next"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let house = House::open().await;
    for title in ["a", "b", "c", "d", "e"] {
        house.begin(title).await;
        house.noise(3).await;
    }
    let (mut heard, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let page = house.test.get(&format!("/api/events?after={after}&limit=2")).await;
        heard.push(titles(&page));
        after = next(&page);
        if page.json()["more"] == false {
            break;
        }
    }
    assert_eq!(heard, ["a b", "c d", "e"]);
    assert_eq!(titles(&house.test.get(&format!("/api/events?after={after}")).await), "");
    house.begin("f").await;
    assert_eq!(titles(&house.test.get(&format!("/api/events?after={after}")).await), "f");
}

#[tokio::test]
async fn an_event_is_told_with_whom_it_concerns() {
    let house = House::open().await;
    let broadcast = house.begin("晚场").await;
    let page = house.test.get("/api/events").await.json();
    let item = &page["items"][0];
    assert_eq!(item["type"], "BroadcastStarted");
    assert_eq!(item["broadcast"], json!(broadcast));
    assert_eq!((&item["org"], &item["team"]), (&json!(house.test.org), &json!(house.test.team)));
    assert_eq!(item["data"], json!({"title": "晚场"}));
    let again = house.test.get("/api/events").await.json();
    assert_eq!(item["id"], again["items"][0]["id"]);
}

#[tokio::test]
async fn a_team_hears_of_its_own() {
    let house = House::open().await;
    house.begin("ours").await;
    house.begin_of(TeamId::new(), "theirs").await;
    assert_eq!(titles(&house.test.get("/api/events").await), "ours theirs");
    let elsewhere = house.test.call("event.read@other", "GET", "/api/events", None).await;
    assert_eq!(titles(&elsewhere), "");
    assert_eq!(house.test.call("room.read", "GET", "/api/events", None).await.status, 403);
}

#[tokio::test]
async fn a_page_may_be_narrowed() {
    let house = House::open().await;
    house.begin("a").await;
    let show = house.begin("b").await;
    house.share(1).await;
    assert_eq!(titles(&house.test.get(&format!("/api/events?broadcast={show}")).await), "b");
    assert_eq!(titles(&house.test.get("/api/events?name=BroadcastStarted").await), "a b");
    assert_eq!(titles(&house.test.get("/api/events?name=RoomShared,BroadcastEnded").await), "?");
    for (query, status, code) in [
        ("name=DanmakuSent", 422, "unknown_event"),
        ("after=x", 400, "bad_cursor"),
        ("after=-1", 400, "bad_cursor"),
        ("after=%2B1", 400, "bad_cursor"),
        ("after=99", 400, "bad_cursor"),
        ("after=18446744073709551615", 400, "bad_cursor"),
        ("broadcast=x", 400, "bad_request"),
    ] {
        let refused = house.test.get(&format!("/api/events?{query}")).await;
        assert_eq!((refused.status, refused.json()["code"].as_str().unwrap()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn who_waits_hears_at_once() {
    let house = House::open().await;
    house.begin("before").await;
    let wait = house.test.get("/api/events?after=latest&wait_ms=30000");
    let (page, ()) = tokio::join!(wait, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        house.noise(10).await;
        house.begin("now").await;
    });
    assert_eq!(titles(&page), "now");
    let nothing = house.test.get("/api/events?after=latest&wait_ms=50").await;
    assert_eq!((titles(&nothing), next(&nothing)), (String::new(), house.test.app.log.last().to_string()));
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_left() {
    let house = House::open().await;
    house.begin("before").await;
    let mut ear = house.listen("event.read", "", None).await;
    // The answer has begun, so the place is fixed.
    while !ear_line(&mut ear).await.starts_with("retry") {}
    house.begin("a").await;
    assert_eq!(ear.title().await, "a");
    house.begin("b").await;
    assert_eq!(ear.title().await, "b");
    let last = ear.last.clone();
    drop(ear);
    house.begin("c").await;
    house.noise(5).await;
    house.begin("d").await;
    let mut ear = house.listen("event.read", "", last.as_deref()).await;
    assert_eq!((ear.title().await, ear.title().await), ("c".into(), "d".into()));
    let mut all = house.listen("event.read", "?after=0&name=BroadcastStarted", None).await;
    assert_eq!(all.title().await, "before");
}

async fn ear_line(ear: &mut crate::house::Ear) -> String {
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut ear.lines, &mut line).await.unwrap();
    line
}

#[tokio::test]
async fn silence_moves_the_cursor() {
    let house = House::open().await;
    let mut ear = house.listen("event.read", "", None).await;
    while !ear_line(&mut ear).await.starts_with("retry") {}
    house.noise(10).await;
    let last = format!("id: {}", house.test.app.log.last());
    loop {
        let line = ear_line(&mut ear).await;
        assert!(!line.starts_with("data"), "{line}");
        if line.trim() == last {
            break;
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_program() {
    let house = House::open().await;
    let mut ear = house.listen("event.read", "?after=0", None).await;
    house.begin("a").await;
    assert_eq!(ear.title().await, "a");
    house.test.app.stop.cancel();
    let end = ear.next().await.unwrap();
    assert_eq!(end.event, "end");
    assert_eq!(serde_json::from_str::<Value>(&end.data).unwrap()["code"], "stopping");
    assert_eq!(ear.next().await, None);
}

#[tokio::test]
async fn who_reads_slowly_is_cut_off_and_loses_nothing() {
    const MANY: usize = 30_000;
    let house = House::open_with(FeedSettings { slow_ms: 300, ..settings() }).await;
    house.share(MANY).await;
    let mut ear = house.listen("event.read", "?after=0", None).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let (mut heard, mut cuts) = (0, 0);
    while heard < MANY {
        match ear.next().await {
            Some(said) if said.event == "end" => {
                assert_eq!(serde_json::from_str::<Value>(&said.data).unwrap()["code"], "too_slow");
                assert_eq!(ear.next().await, None);
                cuts += 1;
                ear = house.listen("event.read", "", ear.last.clone().as_deref()).await;
            }
            Some(_) => heard += 1,
            None => panic!("a stream ended without a word after {heard}"),
        }
    }
    assert!(cuts > 0);
    assert_eq!(ear.last, Some(MANY.to_string()));
}

#[tokio::test]
async fn there_are_so_many_streams_and_no_more() {
    let house = House::open_with(FeedSettings { streams: 1, ..settings() }).await;
    house.begin("a").await;
    let mut first = house.listen("event.read", "?after=0", None).await;
    assert_eq!(first.title().await, "a");
    let refused = house.test.call("event.read", "GET", "/api/events/stream", None).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (429, Some("too_many_streams")));
    drop(first);
    let mut second = house.listen("event.read", "?after=0", None).await;
    let mut line = ear_line(&mut second).await;
    while line.contains("429") {
        second = house.listen("event.read", "?after=0", None).await;
        line = ear_line(&mut second).await;
    }
    assert_eq!(second.title().await, "a");
}

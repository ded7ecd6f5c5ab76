//! What viewers are asked, what they say, and what of it is told.

use crate::house::House;
use app::testing::Answer;
use events::{Consent, ConsentPurpose, ConsentSource, Envelope, Event};
use serde_json::{Value, json};

fn asked(purpose: &str, zh: &str) -> Value {
    json!({"purpose": purpose, "asked": true, "zh": zh, "en": "a purpose"})
}

async fn set(house: &House, purposes: Value) -> Answer {
    let body = json!({"enabled": true, "notice_url": "https://example.org/privacy", "purposes": purposes});
    house.test.call("*", "PUT", "/api/consent/settings", Some(body)).await
}

fn path(house: &House, token: &str) -> String {
    format!("/api/rooms/{}/consent?token={token}", house.public.room)
}

async fn state(house: &House, token: &str) -> Value {
    let answer = house.test.call("", "GET", &path(house, token), None).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn say(house: &House, token: &str, version: u32, given: bool) -> Answer {
    let answer = json!({"purpose": "analytics", "version": version, "given": given});
    let body = json!({"through": "room_page", "answers": [answer]});
    house.test.call("", "PUT", &path(house, token), Some(body)).await
}

/// Consents in the log: what, and of which version.
async fn told(house: &House) -> Vec<(String, Consent, Envelope)> {
    house.test.app.store.relayed().await.unwrap();
    let mut told = Vec::new();
    let mut subscription = house.test.app.log.subscribe(house.test.app.log.first());
    let last = house.test.app.log.last();
    let mut read = 0;
    while read < last {
        for entry in &subscription.next().await.unwrap().entries {
            read = entry.position;
            let envelope = Envelope::decode(&entry.payload).unwrap();
            if let Event::ConsentGiven(consent) | Event::ConsentWithdrawn(consent) = envelope.event.clone() {
                told.push((envelope.event.name().into_owned(), consent, envelope));
            }
        }
    }
    told
}

#[tokio::test]
async fn nobody_is_asked_where_nothing_is_set() {
    let house = House::open().await;
    let (token, _) = house.token(json!({})).await;
    assert_eq!(state(&house, &token).await, json!({"ask": false, "purposes": []}));
    let refused = say(&house, &token, 1, true).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("consent_not_asked")));
}

#[tokio::test]
async fn a_viewer_agrees_once_and_takes_it_back_and_both_are_kept_and_told() {
    let house = House::open().await;
    assert_eq!(set(&house, json!([asked("analytics", "统计")])).await.status, 200);
    let (token, pass) = house.token(json!({})).await;
    let first = state(&house, &token).await;
    assert_eq!((&first["ask"], &first["notice_url"]), (&json!(true), &json!("https://example.org/privacy")));
    let purpose = &first["purposes"][0];
    assert_eq!(
        (&purpose["version"], &purpose["may"], &purpose["text"]["zh"]),
        (&json!(1), &json!(false), &json!("统计"))
    );

    for given in [true, true, false, false] {
        let answer = say(&house, &token, 1, given).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        let purpose = &answer.json()["purposes"][0];
        assert_eq!(
            (&purpose["given"], &purpose["may"], &purpose["ask"]),
            (&json!(given), &json!(given), &json!(false))
        );
    }
    let told = told(&house).await;
    let names: Vec<&str> = told.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["ConsentGiven", "ConsentWithdrawn"], "the same again changes nothing");
    let consent = Consent { purpose: ConsentPurpose::Analytics, version: 1, through: ConsentSource::RoomPage };
    assert_eq!((&told[0].1, told[0].2.viewer.as_ref()), (&consent, Some(&pass.viewer)));

    let history = house.test.get(&format!("/api/consent/statements?viewer={}", pass.viewer)).await.json();
    let given: Vec<&Value> = history["items"].as_array().unwrap().iter().map(|item| &item["given"]).collect();
    assert_eq!(given, [&json!(false), &json!(true)], "newest first");
    let counts = house.test.get("/api/consent/counts").await.json();
    assert_eq!(counts, json!([{"purpose": "analytics", "version": 1, "given": 0, "declined": 1}]));
}

#[tokio::test]
async fn another_text_asks_again_and_the_old_answer_does_not_hold() {
    let house = House::open().await;
    set(&house, json!([asked("analytics", "统计")])).await;
    let (token, _) = house.token(json!({})).await;
    say(&house, &token, 1, true).await;
    assert_eq!(set(&house, json!([asked("analytics", "统计和分析")])).await.json()["purposes"][0]["version"], 2);
    let purpose = state(&house, &token).await["purposes"][0].clone();
    assert_eq!((&purpose["version"], &purpose["ask"], &purpose["may"]), (&json!(2), &json!(true), &json!(false)));
    let stale = say(&house, &token, 1, true).await;
    assert_eq!(stale.status, 200, "what was said before is no news");
    let (other, _) = house.token(json!({})).await;
    let stale = say(&house, &other, 1, true).await;
    assert_eq!((stale.status, stale.json()["code"].as_str()), (409, Some("consent_text_changed")));
    assert_eq!(say(&house, &other, 1, false).await.status, 200, "no is always taken");
}

#[tokio::test]
async fn a_consent_is_the_viewers_in_every_room_and_nobody_elses() {
    let house = House::open().await;
    set(&house, json!([asked("analytics", "统计")])).await;
    let (token, _) = house.token(json!({})).await;
    say(&house, &token, 1, true).await;
    let (again, _) = house.token(json!({"token": token})).await;
    assert_eq!(state(&house, &again).await["ask"], false, "the same viewer with another token");
    let (other, _) = house.token(json!({})).await;
    assert_eq!(state(&house, &other).await["ask"], true);
    let elsewhere = format!("/api/rooms/{}/consent?token={token}", house.private.room);
    assert_eq!(house.test.call("", "GET", &elsewhere, None).await.status, 403);
    assert_eq!(house.test.call("", "GET", &path(&house, ""), None).await.status, 401);
}

#[tokio::test]
async fn who_changes_their_mind_all_the_time_waits() {
    let house = House::open().await;
    set(&house, json!([asked("analytics", "统计")])).await;
    let (token, _) = house.token(json!({})).await;
    let mut statuses = Vec::new();
    for turn in 0..14 {
        statuses.push(say(&house, &token, 1, turn % 2 == 0).await.status);
    }
    assert_eq!((statuses[11], statuses[12]), (200, 429));
    house.pass_s(31);
    assert_eq!(say(&house, &token, 1, true).await.status, 200);
}

#[tokio::test]
async fn staff_write_down_what_a_known_viewer_told_them() {
    let house = House::open().await;
    set(&house, json!([asked("analytics", "统计")])).await;
    let (token, pass) = house.token(json!({})).await;
    let note = |viewer: &str| format!("/api/consent/viewers/{viewer}");
    let no = json!({"purpose": "analytics", "version": 1, "given": false});
    let unknown = house.test.call("consent.write", "POST", &note(pass.viewer.as_str()), Some(no.clone())).await;
    assert_eq!((unknown.status, unknown.json()["code"].as_str()), (404, Some("viewer_not_found")));
    say(&house, &token, 1, true).await;
    let elsewhere = house.test.call("consent.write@other", "POST", &note(pass.viewer.as_str()), Some(no.clone())).await;
    assert_eq!(elsewhere.status, 404);
    for _ in 0..2 {
        let noted = house.test.call("consent.write", "POST", &note(pass.viewer.as_str()), Some(no.clone())).await;
        assert_eq!(noted.status, 204, "{}", noted.text());
    }
    assert_eq!(state(&house, &token).await["purposes"][0]["may"], false);
    let masked = house.test.call("consent.read", "GET", "/api/consent/statements", None).await.json();
    assert_eq!((masked["items"].as_array().map(Vec::len), &masked["items"][0]["through"]), (Some(2), &json!("staff")));
    assert!(!masked.to_string().contains(pass.viewer.as_str()), "{masked}");
}

#[tokio::test]
async fn two_who_answer_at_once_leave_one_last_word() {
    let house = House::open().await;
    set(&house, json!([asked("analytics", "统计")])).await;
    let (token, _) = house.token(json!({})).await;
    let answers = futures_util::future::join_all((0..8).map(|turn| say(&house, &token, 1, turn % 2 == 0))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let last = state(&house, &token).await["purposes"][0]["given"].clone();
    let history = house.test.get("/api/consent/statements").await.json();
    assert_eq!(told(&house).await.len(), history["items"].as_array().unwrap().len());
    assert_eq!(told(&house).await.last().map(|(name, ..)| name == "ConsentGiven"), last.as_bool());
}

#[tokio::test]
async fn settings_are_checked_and_are_the_whole_organisations() {
    let house = House::open().await;
    for (purposes, code) in [
        (json!([asked("profiling", "画像")]), "unknown_purpose"),
        (json!([asked("analytics", "a"), asked("analytics", "b")]), "purpose_twice"),
        (json!([asked("analytics", "")]), "bad_text"),
    ] {
        let refused = set(&house, purposes).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some(code)));
    }
    let body = json!({"enabled": true, "notice_url": "javascript:alert(1)"});
    let refused = house.test.call("*", "PUT", "/api/consent/settings", Some(body.clone())).await;
    assert_eq!(refused.json()["code"], "bad_url");
    assert_eq!(house.test.call("*@other", "PUT", "/api/consent/settings", Some(body)).await.status, 403);
}
